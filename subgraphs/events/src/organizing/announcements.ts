import type { OutgoingMessage } from '@diaspora/kit';
import type { Event } from '../__generated__/prisma/client.js';
import { eventIds, mediaIds, userIds } from '../ids.js';
import type { EventsMessages } from '../messages.js';

/** What is known of an event that is over. */
export function eventCompleted(
  event: Event,
  completedAt: Date,
  checkedInCount: number | null,
): OutgoingMessage<EventsMessages, 'event.completed'> {
  const { version, type, countryCode, city, registeredCount, ticketedCount } = event;
  const eventId = eventIds.encode(event.id);
  return {
    type: 'event.completed',
    key: eventId,
    data: {
      eventId,
      version,
      type,
      organizerId: userIds.encode(event.organizerId),
      countryCode,
      city,
      startsAt: event.startsAt.toISOString(),
      endsAt: event.endsAt.toISOString(),
      completedAt: completedAt.toISOString(),
      registeredCount: registeredCount + ticketedCount,
      checkedInCount,
    },
  };
}

/** The message that carries the whole event. */
export function eventSnapshot<Type extends 'event.published' | 'event.changed'>(type: Type, event: Event) {
  const { version, title, description, language, domain, status, visibility, timeZone } = event;
  const { countryCode, city, venue, latitude, longitude, capacity, tags } = event;
  const eventId = eventIds.encode(event.id);
  return {
    type,
    key: eventId,
    data: {
      eventId,
      version,
      title,
      description,
      language,
      domain,
      type: event.type,
      status,
      visibility,
      startsAt: event.startsAt.toISOString(),
      endsAt: event.endsAt.toISOString(),
      timeZone,
      countryCode,
      city,
      venue,
      latitude,
      longitude,
      capacity,
      tags,
      organizerId: userIds.encode(event.organizerId),
      hostIds: [event.organizerId, ...event.coHostIds].map((id) => userIds.encode(id)),
      mediaIds: picturesOf(event).map((id) => mediaIds.encode(id)),
    },
  } satisfies OutgoingMessage<EventsMessages, 'event.published' | 'event.changed'>;
}

const picturesOf = ({ coverId, galleryIds }: Event): string[] => [
  ...new Set([...(coverId ? [coverId] : []), ...galleryIds]),
];

/** That an event is off, since when. */
export function eventCancelled({ id, version }: Pick<Event, 'id' | 'version'>, at: Date) {
  const data = { eventId: eventIds.encode(id), version, cancelledAt: at.toISOString() };
  return { type: 'event.cancelled' as const, key: data.eventId, data };
}
