import { dayMs, hourMs, line, text } from '@diaspora/kit';
import { z } from 'zod';
import type { ServiceRole } from '../__generated__/prisma/client.js';

/** What programs may be let do. Everything else that is not public is for people. */
export const scopeCatalogue = [
  'content:read',
  'credits:spend',
  'events:read',
  'registrations:read',
  'tickets:read',
  'users:read',
] as const;

/** In tokens. CUSTOMER_SERVICE is the role that the ticketing specification calls serviciu_clienti. */
export const roleClaims: Readonly<Record<ServiceRole, string>> = {
  SERVICE: 'SERVICE',
  CUSTOMER_SERVICE: 'serviciu_clienti',
};

const name = line({ max: 80 });
const reason = text({ max: 1_000 });
const scopes = z
  .array(z.string())
  .max(20)
  .refine((given) => given.every((scope) => (scopeCatalogue as readonly string[]).includes(scope)), {
    message: `Scopes are ${scopeCatalogue.join(', ')}.`,
  })
  .transform((given) => [...new Set(given)].sort());

/** How long what was rotated still works beside what follows. */
const overlapHours = z
  .number()
  .int()
  .min(0)
  .max(30 * 24)
  .default(24);

export const newServiceAccount = z.object({
  name,
  role: z.enum(['SERVICE', 'CUSTOMER_SERVICE']),
  scopes,
});
export const serviceAccountChange = z.object({
  name: name.nullish(),
  role: z.enum(['SERVICE', 'CUSTOMER_SERVICE']).nullish(),
  scopes: scopes.nullish(),
});
export const disabling = z.object({ reason });
export const rotation = z.object({ overlapHours });

export const newApiKey = z.object({
  name,
  scopes,
  tier: z.enum(['BASIC', 'STANDARD', 'HIGH']).default('STANDARD'),
  expiresInDays: z.number().int().min(1).max(3_650).nullish(),
});
export const revoking = z.object({ reason });

export const inDays = (days: number | null | undefined, now: Date): Date | null =>
  days == null ? null : new Date(now.getTime() + days * dayMs);

export const inHours = (hours: number, now: Date): Date => new Date(now.getTime() + hours * hourMs);

/** The earlier of two ends, of which the first may be none. */
export const earlier = (end: Date | null, other: Date): Date => (end !== null && end < other ? end : other);

export type ApiKeyStatus = 'ACTIVE' | 'REPLACED' | 'EXPIRED' | 'REVOKED';

export function statusOf(
  key: { revokedAt: Date | null; expiresAt: Date | null; replacedById: string | null },
  now: Date,
): ApiKeyStatus {
  if (key.revokedAt) return 'REVOKED';
  if (key.expiresAt && key.expiresAt <= now) return 'EXPIRED';
  return key.replacedById ? 'REPLACED' : 'ACTIVE';
}
