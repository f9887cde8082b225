import { messagesFrom, type MessageHandler } from '@diaspora/kit';
import type { EventsMessages } from '@diaspora/events/messages';
import { z } from 'zod';
import type { Transaction } from '../database.js';
import { eventIds, registrationIds, ticketIds, userIds } from '../ids.js';
import type { EventConversations } from './service.js';

const events = messagesFrom<EventsMessages, Transaction>('events');

const id = z.string();
const version = z.number().int();
const snapshot = z.object({
  eventId: id,
  version,
  title: id,
  status: z.string(),
  organizerId: id,
  hostIds: z.array(id).default([]),
});
const cancellation = z.object({ eventId: id, version });
const registration = z.object({ registrationId: id, eventId: id, userId: id });
const confirmed = registration.extend({ confirmedAt: z.coerce.date() });
const given = registration.extend({ cancelledAt: z.coerce.date() });
const ticket = z.object({ ticketId: id, eventId: id, holderId: id });
const issued = ticket.extend({ issuedAt: z.coerce.date() });
const refunded = ticket.extend({ refundedAt: z.coerce.date() });

/** Who takes part in an event takes part in its conversation. */
export function createEventConversationHandlers({
  keepHosts,
  cancel,
  keepPlace,
}: EventConversations): MessageHandler<Transaction>[] {
  const keepSnapshot = ({ data }: { data: z.output<typeof snapshot> }, tx: Transaction) =>
    keepHosts(tx, {
      eventId: eventIds.decode(data.eventId),
      version: data.version,
      title: data.title,
      organizerId: userIds.decode(data.organizerId),
      hostIds: [...new Set([data.organizerId, ...data.hostIds])].map((each) => userIds.decode(each)),
      isCancelled: data.status === 'CANCELLED',
    });
  const keepRegistration = (
    tx: Transaction,
    data: z.output<typeof registration>,
    told: { isHeld: boolean; toldAt: Date },
  ) =>
    keepPlace(tx, {
      id: registrationIds.decode(data.registrationId),
      eventId: eventIds.decode(data.eventId),
      userId: userIds.decode(data.userId),
      ...told,
    });
  const keepTicket = (
    tx: Transaction,
    data: z.output<typeof ticket>,
    told: { isHeld: boolean; toldAt: Date },
  ) =>
    keepPlace(tx, {
      id: ticketIds.decode(data.ticketId),
      eventId: eventIds.decode(data.eventId),
      userId: userIds.decode(data.holderId),
      ...told,
    });
  return [
    events.on('event.published', snapshot, keepSnapshot),
    events.on('event.changed', snapshot, keepSnapshot),
    events.on('event.cancelled', cancellation, ({ data }, tx) =>
      cancel(tx, eventIds.decode(data.eventId), data.version),
    ),
    events.on('registration.confirmed', confirmed, ({ data }, tx) =>
      keepRegistration(tx, data, { isHeld: true, toldAt: data.confirmedAt }),
    ),
    events.on('registration.cancelled', given, ({ data }, tx) =>
      keepRegistration(tx, data, { isHeld: false, toldAt: data.cancelledAt }),
    ),
    events.on('ticket.issued', issued, ({ data }, tx) =>
      keepTicket(tx, data, { isHeld: true, toldAt: data.issuedAt }),
    ),
    events.on('ticket.refunded', refunded, ({ data }, tx) =>
      keepTicket(tx, data, { isHeld: false, toldAt: data.refundedAt }),
    ),
  ];
}
