import { messagesFrom, type MessageHandler } from '@diaspora/kit';
import type { EventsMessages } from '@diaspora/events/messages';
import { z } from 'zod';
import type { Transaction } from '../database.js';
import {
  calendarNotice,
  coHostNotice,
  decisionNotices,
  invitationNotice,
  offerNotice,
  registrationNotice,
  reminderNotices,
  seriesPausedNotice,
  requestNotices,
  ticketNotice,
  ticketOfferNotice,
  ticketRefundNotice,
} from './event-rules.js';
import type { Telling } from './telling.js';

const events = messagesFrom<EventsMessages, Transaction>('events');

const id = z.string();
const at = z.string();
const reminder = z.object({
  eventId: id,
  startsAt: at,
  minutesBefore: z.number().int(),
  participantIds: z.array(id),
});
const offer = z.object({ entryId: id, eventId: id, userId: id, offeredAt: at });
const invitation = z.object({ invitationId: id, eventId: id, userId: id, inviterId: id });
const registration = z.object({ registrationId: id, eventId: id, userId: id });
const confirmation = registration.extend({ confirmedAt: at });
const request = registration.extend({ deciderIds: z.array(id), requestedAt: at });
const decision = registration.extend({ isApproved: z.boolean(), decidedAt: at });
const coHost = z.object({ eventId: id, userId: id, invitedById: id, invitedAt: at });
const ticket = z.object({ ticketId: id, purchaseId: id, eventId: id, holderId: id });
const issued = ticket.extend({ codeVersion: z.number().int() });
const refunded = ticket.extend({ refundedAt: at });
const transfer = z.object({ transferId: id, eventId: id, fromId: id, toId: id });
const paused = z.object({ seriesId: id, organizerId: id, pausedAt: at });
const calendar = z.object({ connectionId: id, userId: id, disconnectedAt: at });

/** What people should not miss of the events they go to, wait for or run. */
export const createEventHandlers = ({ tell, tellAll }: Telling): MessageHandler<Transaction>[] => [
  events.on('event.reminderDue', reminder, ({ data }, tx) => tellAll(tx, reminderNotices(data))),
  events.on('waitlist.offered', offer, ({ data }, tx) => tell(tx, offerNotice(data))),
  events.on('eventInvitation.sent', invitation, ({ data }, tx) => tell(tx, invitationNotice(data))),
  events.on('registration.confirmed', confirmation, ({ data }, tx) => tell(tx, registrationNotice(data))),
  events.on('registration.requested', request, ({ data }, tx) => tellAll(tx, requestNotices(data))),
  events.on('registration.decided', decision, ({ data }, tx) => tellAll(tx, decisionNotices(data))),
  events.on('coHost.invited', coHost, ({ data }, tx) => tell(tx, coHostNotice(data))),
  events.on('ticket.issued', issued, ({ data }, tx) => tell(tx, ticketNotice(data))),
  events.on('ticket.refunded', refunded, ({ data }, tx) => tell(tx, ticketRefundNotice(data))),
  events.on('ticket.transferOffered', transfer, ({ data }, tx) => tell(tx, ticketOfferNotice(data))),
  events.on('series.paused', paused, ({ data }, tx) => tell(tx, seriesPausedNotice(data))),
  events.on('calendar.disconnected', calendar, ({ data }, tx) => tell(tx, calendarNotice(data))),
];
