import { defineMessages } from '@diaspora/kit';
import { z } from 'zod';

/** The whole event as others may show or index it; a higher version wins. */
const eventSnapshot = z.object({
  eventId: z.string(),
  version: z.number().int(),
  title: z.string(),
  description: z.string(),
  language: z.string(),
  domain: z.string(),
  type: z.enum(['FREE', 'PREMIUM', 'NATIONAL', 'LOCAL']),
  status: z.enum(['DRAFT', 'PUBLISHED', 'CANCELLED', 'COMPLETED']),
  visibility: z.enum(['PUBLIC', 'UNLISTED', 'MEMBERS', 'PRIVATE']),
  startsAt: z.iso.datetime(),
  endsAt: z.iso.datetime(),
  timeZone: z.string(),
  countryCode: z.string(),
  city: z.string().nullable(),
  venue: z.string().nullable(),
  latitude: z.number().nullable(),
  longitude: z.number().nullable(),
  organizerId: z.string(),
  capacity: z.number().int().nullable(),
  tags: z.array(z.string()),
});

/**
 * What this subgraph tells the others. Ids are public ids; times are ISO 8601 instants. Every message has the event's
 * id as its key, so that what happens to one event, its registrations included, arrives in order.
 */
export const messages = defineMessages('events', {
  /** A draft became visible to others. */
  'event.published': { version: 1, schema: eventSnapshot },
  /** A published event was edited. */
  'event.changed': { version: 1, schema: eventSnapshot },
  'event.cancelled': {
    version: 1,
    schema: z.object({ eventId: z.string(), version: z.number().int(), cancelledAt: z.iso.datetime() }),
  },
  /** A person holds a place. */
  'registration.confirmed': {
    version: 1,
    schema: z.object({
      registrationId: z.string(),
      eventId: z.string(),
      userId: z.string(),
      confirmedAt: z.iso.datetime(),
    }),
  },
  /** A person gave the place back. */
  'registration.cancelled': {
    version: 1,
    schema: z.object({
      registrationId: z.string(),
      eventId: z.string(),
      userId: z.string(),
      cancelledAt: z.iso.datetime(),
    }),
  },
});

export type EventsMessages = typeof messages;
