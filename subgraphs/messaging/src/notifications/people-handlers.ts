import { messagesFrom, type MessageHandler } from '@diaspora/kit';
import type { UsersMessages } from '@diaspora/users/messages';
import { z } from 'zod';
import type { Transaction } from '../database.js';
import {
  applicationNotices,
  confirmationNotices,
  decisionNotice,
  eventOwnerNotice,
  friendRequestNotice,
  mandateNotices,
  officeConfirmedNotice,
  officeEndedNotice,
  officeExtendedNotice,
  officeReviewedNotice,
  sessionNotices,
  superUserNotice,
  superUserProposalNotices,
} from './people-rules.js';
import type { Telling } from './telling.js';

const users = messagesFrom<UsersMessages, Transaction>('users');

const id = z.string();
const at = z.string();
const tie = z.object({ personId: id, otherId: id, version: z.number().int() });
const office = z.object({ officeId: id, userId: id });
const extended = office.extend({ endsAt: at.nullable() });
const confirmed = office.extend({ confirmedAt: at });
const reviewed = office.extend({ reviewerId: id });
const needsConfirmation = office.extend({ since: at, confirmerIds: z.array(id) });
const mandate = office.extend({ endsAt: at, superiorIds: z.array(id) });
const application = z.object({ applicationId: id, userId: id });
const applied = application.extend({ deciderIds: z.array(id) });
const decided = application.extend({ deciderId: id });
const proposal = z.object({ changeId: id, userId: id, proposerId: id, confirmerIds: z.array(id) });
const changed = z.object({ userId: id, changedAt: at });
const session = z.object({ userId: id, sessionId: id, reason: z.string() });

/** What people are to each other, the offices and rights they hold, and the safety of their accounts. */
export const createPeopleHandlers = ({ tell, tellAll }: Telling): MessageHandler<Transaction>[] => [
  users.on('user.friendRequested', tie, ({ data }, tx) => tell(tx, friendRequestNotice(data))),
  users.on('office.ended', office, ({ data }, tx) => tell(tx, officeEndedNotice(data))),
  users.on('office.extended', extended, ({ data }, tx) => tell(tx, officeExtendedNotice(data))),
  users.on('office.confirmed', confirmed, ({ data }, tx) => tell(tx, officeConfirmedNotice(data))),
  users.on('office.reviewed', reviewed, ({ data, id: message }, tx) =>
    tell(tx, officeReviewedNotice(data, message)),
  ),
  users.on('office.needsConfirmation', needsConfirmation, ({ data }, tx) =>
    tellAll(tx, confirmationNotices(data)),
  ),
  users.on('office.mandateAtRisk', mandate, ({ data }, tx) => tellAll(tx, mandateNotices(data))),
  users.on('office.applied', applied, ({ data }, tx) => tellAll(tx, applicationNotices(data))),
  users.on('office.applicationDecided', decided, ({ data }, tx) => tell(tx, decisionNotice(data))),
  users.on('superUser.proposed', proposal, ({ data }, tx) => tellAll(tx, superUserProposalNotices(data))),
  users.on('superUser.changed', changed, ({ data }, tx) => tell(tx, superUserNotice(data))),
  users.on('user.eventOwnerChanged', changed, ({ data }, tx) => tell(tx, eventOwnerNotice(data))),
  users.on('session.revoked', session, ({ data }, tx) => tellAll(tx, sessionNotices(data))),
];
