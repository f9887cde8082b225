import { createHash, randomBytes } from 'node:crypto';
import { AppError, dayMs } from '@diaspora/kit';
import { z } from 'zod';

export const maxLinks = 20;

export const newLink = z.object({
  expiresInDays: z
    .int()
    .min(1)
    .max(90)
    .nullish()
    .transform((value) => value ?? 7),
  maxUses: z
    .int()
    .min(1)
    .max(1_000)
    .nullish()
    .transform((value) => value ?? null),
  needsApproval: z
    .boolean()
    .nullish()
    .transform((value) => value ?? false),
});

/** Which links can be used, as long as uses are left. */
export const validAt = (now: Date) => ({ revokedAt: null, expiresAt: { gt: now } });

export const expiryOf = (now: Date, days: number): Date => new Date(now.getTime() + days * dayMs);

/** 256 bits: there is nothing to guess. */
export const drawToken = (): string => randomBytes(32).toString('base64url');

export const hashOf = (token: string): string => createHash('sha256').update(token).digest('base64url');

/** The same for a link that never was, was revoked, has expired or is used up. */
export const noSuchLink = () =>
  new AppError('NOT_FOUND', 'This link is not valid, or no longer.', { path: ['token'] });

/** Whether somebody joins at once. Whoever was taken out does not come back by a link alone. */
export const joinsAtOnce = (
  link: { readonly needsApproval: boolean },
  side: { readonly wasRemoved: boolean } | null,
): boolean => !link.needsApproval && !side?.wasRemoved;
