import {
  addJob,
  defineJob,
  messagesFrom,
  onJob,
  type Clock,
  type JobTasks,
  type MessageHandler,
} from '@diaspora/kit';
import type { EventsMessages } from '@diaspora/events/messages';
import { z } from 'zod';
import type { Db, Transaction } from '../database.js';
import { eventIds, registrationIds, ticketIds, userIds } from '../ids.js';
import { isMoved } from './event-rules.js';
import type { Telling } from './telling.js';

const events = messagesFrom<EventsMessages, Transaction>('events');

const snapshot = z.object({
  eventId: z.string().transform((id) => eventIds.decode(id)),
  version: z.number().int(),
  title: z.string(),
  startsAt: z.coerce.date(),
  endsAt: z.coerce.date(),
  timeZone: z.string(),
  venue: z.string().nullable(),
  city: z.string().nullable(),
});
const cancellation = z.object({ eventId: z.string().transform((id) => eventIds.decode(id)) });
const registration = z.object({ registrationId: z.string(), eventId: z.string(), userId: z.string() });
const ticket = z.object({ ticketId: z.string(), eventId: z.string(), holderId: z.string() });

const tellAttendees = defineJob(
  'tellAttendees',
  z.object({
    eventId: z.uuid(),
    type: z.enum(['EVENT_CHANGED', 'EVENT_CANCELLED']),
    occasion: z.string(),
    /** The last one who was told. */
    after: z.uuid().optional(),
  }),
);
type ToldAttendees = z.output<typeof tellAttendees.schema>;

const pageSize = 100;
const lowest = '00000000-0000-0000-0000-000000000000';

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly telling: Telling;
}

/** Who goes to which event, and what those who go have to hear of. */
export function createAttendance({ db, clock, telling }: Dependencies) {
  /** The messages of one event come one after the other. */
  async function keepEvent(tx: Transaction, { eventId: id, ...event }: z.output<typeof snapshot>) {
    const before = await tx.knownEvent.findUnique({ where: { id } });
    if (before && before.version >= event.version) return;
    await tx.knownEvent.upsert({ where: { id }, create: { id, ...event }, update: event });
    if (before && isMoved(before, event) && event.endsAt > clock.now())
      await addJob(tx, tellAttendees, { eventId: id, type: 'EVENT_CHANGED', occasion: `${event.version}` });
  }

  async function cancel(tx: Transaction, id: string): Promise<void> {
    await tx.knownEvent.updateMany({ where: { id }, data: { isCancelled: true, venue: null } });
    await addJob(tx, tellAttendees, { eventId: id, type: 'EVENT_CANCELLED', occasion: 'cancelled' });
  }

  const admit = (tx: Transaction, id: string, eventId: string, personId: string) => {
    const admission = { eventId: eventIds.decode(eventId), personId: userIds.decode(personId) };
    return tx.admission.upsert({ where: { id }, create: { id, ...admission }, update: admission });
  };

  /** Whoever does not go any more need not be reminded. */
  const forgetReminders = async (tx: Transaction, eventId: string, recipientId: string): Promise<void> => {
    if ((await tx.admission.count({ where: { eventId, personId: recipientId } })) > 0) return;
    await telling.withdraw(tx, { recipientId, objectId: eventId, type: 'EVENT_REMINDER' });
  };

  /** A page of them in a transaction, so that an event of thousands holds up nothing else. */
  async function tellPage({ eventId, type, occasion, after }: ToldAttendees): Promise<void> {
    await db.$transaction(async (tx) => {
      const people = await tx.$queryRaw<{ personId: string }[]>`
        SELECT DISTINCT person_id AS "personId" FROM admissions
        WHERE event_id = ${eventId}::uuid AND person_id > ${after ?? lowest}::uuid
        ORDER BY person_id LIMIT ${pageSize}`;
      const about = {
        type,
        occasion: `${eventId}:${occasion}`,
        subjectType: 'EVENT' as const,
        subjectId: eventId,
      };
      const notices = people.map(({ personId }) => ({ ...about, recipientId: personId, actorId: null }));
      await telling.tellAll(tx, notices);
      const last = people.length === pageSize && people.at(-1);
      if (last) await addJob(tx, tellAttendees, { eventId, type, occasion, after: last.personId });
    });
  }

  const handlers: MessageHandler<Transaction>[] = [
    events.on('event.published', snapshot, ({ data }, tx) => keepEvent(tx, data)),
    events.on('event.changed', snapshot, ({ data }, tx) => keepEvent(tx, data)),
    events.on('event.cancelled', cancellation, ({ data }, tx) => cancel(tx, data.eventId)),
    events.on('registration.confirmed', registration, async ({ data }, tx) => {
      await admit(tx, registrationIds.decode(data.registrationId), data.eventId, data.userId);
    }),
    events.on('registration.cancelled', registration, async ({ data }, tx) => {
      await tx.admission.deleteMany({ where: { id: registrationIds.decode(data.registrationId) } });
      await forgetReminders(tx, eventIds.decode(data.eventId), userIds.decode(data.userId));
    }),
    events.on('ticket.issued', ticket, async ({ data }, tx) => {
      await admit(tx, ticketIds.decode(data.ticketId), data.eventId, data.holderId);
    }),
    events.on('ticket.refunded', ticket, async ({ data }, tx) => {
      await tx.admission.deleteMany({ where: { id: ticketIds.decode(data.ticketId) } });
    }),
  ];
  const jobs: JobTasks = onJob(tellAttendees, tellPage);
  return { handlers, jobs };
}
