import { messagesFrom, type MessageHandler } from '@diaspora/kit';
import type { EventsMessages } from '@diaspora/events/messages';
import { z } from 'zod';
import type { Transaction } from '../database.js';
import {
  decisionNotices,
  invitationNotice,
  offerNotice,
  reminderNotices,
  requestNotices,
} from './event-rules.js';
import type { Notice } from './rules.js';
import type { Notifications } from './service.js';

const events = messagesFrom<EventsMessages, Transaction>('events');

const id = z.string();
const reminder = z.object({
  eventId: id,
  startsAt: z.string(),
  minutesBefore: z.number().int(),
  participantIds: z.array(id),
});
const offer = z.object({ entryId: id, eventId: id, userId: id, offeredAt: z.string() });
const invitation = z.object({ invitationId: id, eventId: id, userId: id, inviterId: id });
const registration = z.object({ registrationId: id, eventId: id, userId: id });
const request = registration.extend({ deciderIds: z.array(id), requestedAt: z.string() });
const decision = registration.extend({ isApproved: z.boolean(), decidedAt: z.string() });

/** What people should not miss of the events they go to, wait for or run. */
export function createEventHandlers({ tell }: Notifications): MessageHandler<Transaction>[] {
  const tellAll = async (tx: Transaction, notices: readonly Notice[]) => {
    for (const notice of notices) await tell(tx, notice);
  };
  return [
    events.on('event.reminderDue', reminder, ({ data }, tx) => tellAll(tx, reminderNotices(data))),
    events.on('waitlist.offered', offer, ({ data }, tx) => tell(tx, offerNotice(data))),
    events.on('eventInvitation.sent', invitation, ({ data }, tx) => tell(tx, invitationNotice(data))),
    events.on('registration.requested', request, ({ data }, tx) => tellAll(tx, requestNotices(data))),
    events.on('registration.decided', decision, ({ data }, tx) => tellAll(tx, decisionNotices(data))),
  ];
}
