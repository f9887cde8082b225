import { messagesFrom, type MessageHandler } from '@diaspora/kit';
import type { UsersMessages } from '@diaspora/users/messages';
import { z } from 'zod';
import type { Transaction } from '../database.js';
import {
  applicationNotices,
  confirmationNotices,
  decisionNotice,
  followNotice,
  friendRequestNotice,
  officeEndedNotice,
} from './people-rules.js';
import type { Notice } from './rules.js';
import type { Notifications } from './service.js';

const users = messagesFrom<UsersMessages, Transaction>('users');

const id = z.string();
const tie = z.object({ personId: id, otherId: id, version: z.number().int() });
const office = z.object({ officeId: id, userId: id });
const needsConfirmation = office.extend({ since: z.string(), confirmerIds: z.array(id) });
const application = z.object({ applicationId: id, userId: id });
const applied = application.extend({ deciderIds: z.array(id) });
const decided = application.extend({ deciderId: id });

/** What people are to each other, and the offices they hold. */
export function createPeopleHandlers({ tell }: Notifications): MessageHandler<Transaction>[] {
  const tellAll = async (tx: Transaction, notices: readonly Notice[]) => {
    for (const notice of notices) await tell(tx, notice);
  };
  return [
    users.on('user.friendRequested', tie, ({ data }, tx) => tell(tx, friendRequestNotice(data))),
    users.on('user.followed', tie, ({ data }, tx) => tell(tx, followNotice(data))),
    users.on('office.ended', office, ({ data }, tx) => tell(tx, officeEndedNotice(data))),
    users.on('office.needsConfirmation', needsConfirmation, ({ data }, tx) =>
      tellAll(tx, confirmationNotices(data)),
    ),
    users.on('office.applied', applied, ({ data }, tx) => tellAll(tx, applicationNotices(data))),
    users.on('office.applicationDecided', decided, ({ data }, tx) => tell(tx, decisionNotice(data))),
  ];
}
