import { messagesFrom, type MessageHandler } from '@diaspora/kit';
import type { EventsMessages } from '@diaspora/events/messages';
import { z } from 'zod';
import type { Transaction } from '../database.js';
import { eventIds, userIds } from '../ids.js';
import { cityKeyOf } from '../offices/index.js';

const events = messagesFrom<EventsMessages, Transaction>('events');

const completed = z.object({
  eventId: z.string(),
  version: z.number(),
  type: z.string(),
  organizerId: z.string(),
  countryCode: z.string(),
  city: z.string().nullable(),
  startsAt: z.iso.datetime(),
  endsAt: z.iso.datetime(),
  registeredCount: z.number(),
  checkedInCount: z.number().nullable(),
});

const rated = z.object({
  eventId: z.string(),
  revision: z.number(),
  raterKey: z.string(),
  ratings: z.object({ event: z.number(), organizer: z.number() }),
});

async function keepEvent(tx: Transaction, data: z.output<typeof completed>): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO held_events AS h (event_id, version, organizer_id, type, country_code, city_key, starts_at,
      ends_at, registered_count, checked_in_count)
    VALUES (${eventIds.decode(data.eventId)}::uuid, ${data.version}, ${userIds.decode(data.organizerId)}::uuid,
      ${data.type}, ${data.countryCode}, ${cityKeyOf(data.city)}, ${data.startsAt}::timestamptz,
      ${data.endsAt}::timestamptz, ${data.registeredCount}, ${data.checkedInCount}::int)
    ON CONFLICT (event_id) DO UPDATE SET version = excluded.version, organizer_id = excluded.organizer_id,
      type = excluded.type, country_code = excluded.country_code, city_key = excluded.city_key,
      starts_at = excluded.starts_at, ends_at = excluded.ends_at,
      registered_count = excluded.registered_count, checked_in_count = excluded.checked_in_count
    WHERE h.version < excluded.version`;
}

/** Of an event that is not over yet, too: what counts is decided when it is read. */
async function keepRating(tx: Transaction, data: z.output<typeof rated>): Promise<void> {
  const { event, organizer } = data.ratings;
  await tx.$executeRaw`
    INSERT INTO event_ratings AS r (event_id, rater_key, revision, event, organizer)
    VALUES (${eventIds.decode(data.eventId)}::uuid, ${data.raterKey}, ${data.revision}, ${event}, ${organizer})
    ON CONFLICT (event_id, rater_key) DO UPDATE SET revision = excluded.revision, event = excluded.event,
      organizer = excluded.organizer
    WHERE r.revision < excluded.revision`;
}

/** Whatever comes twice, late or out of order ends at the same rows. */
export const performanceHandlers: MessageHandler<Transaction>[] = [
  events.on('event.completed', completed, ({ data }, tx) => keepEvent(tx, data)),
  events.on('event.rated', rated, ({ data }, tx) => keepRating(tx, data)),
];
