import type { OutgoingMessage } from '@diaspora/kit';
import type { Event } from '../__generated__/prisma/client.js';
import { eventIds, userIds } from '../ids.js';
import type { EventsMessages } from '../messages.js';

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
    },
  } satisfies OutgoingMessage<EventsMessages, 'event.published' | 'event.changed'>;
}
