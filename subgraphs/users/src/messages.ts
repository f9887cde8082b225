import { defineMessages } from '@diaspora/kit';
import { z } from 'zod';

const officeRole = z.enum(['AMBASSADOR', 'CONSUL']);

/** What this subgraph tells the others. Ids are public ids; times are ISO 8601 instants. */
export const messages = defineMessages('users', {
  /** A person proved an address and may sign in. */
  'user.registered': {
    version: 1,
    schema: z.object({ userId: z.string(), registeredAt: z.iso.datetime() }),
  },
  /** The whole public profile after a change; a higher version wins. */
  'user.profileChanged': {
    version: 1,
    schema: z.object({
      userId: z.string(),
      version: z.number().int(),
      displayName: z.string(),
      headline: z.string().nullable(),
      countryOfOrigin: z.string(),
      countryOfResidence: z.string(),
      city: z.string().nullable(),
      languages: z.array(z.string()),
      domains: z.array(z.string()),
      isDiscoverable: z.boolean(),
    }),
  },
  'office.appointed': {
    version: 1,
    schema: z.object({
      officeId: z.string(),
      userId: z.string(),
      appointerId: z.string(),
      role: officeRole,
      countryCode: z.string(),
      city: z.string().nullable(),
      startsAt: z.iso.datetime(),
      endsAt: z.iso.datetime().nullable(),
    }),
  },
  'office.ended': {
    version: 1,
    schema: z.object({
      officeId: z.string(),
      userId: z.string(),
      role: officeRole,
      countryCode: z.string(),
      city: z.string().nullable(),
      endedAt: z.iso.datetime(),
    }),
  },
  'session.revoked': {
    version: 1,
    schema: z.object({ userId: z.string(), sessionId: z.string(), reason: z.string() }),
  },
});

export type UsersMessages = typeof messages;
