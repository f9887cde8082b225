import { AppError, dayMs, text } from '@diaspora/kit';
import { z } from 'zod';
import type { Account } from '../__generated__/prisma/client.js';
import { isKeptOut } from '../accounts/index.js';

/** How long an impersonation stays on record here; the audit trail keeps it. */
export const keptMs = 30 * dayMs;

export const impersonationInput = z.object({ accountId: z.uuid(), reason: text({ max: 1_000 }) });

/** Throws unless somebody else may look as the person. Nobody looks as a super user: it would show what they decide. */
export function assertMayBeImpersonated(account: Account | null, now: Date): asserts account {
  const path = ['userId'];
  if (!account?.emailVerifiedAt) throw new AppError('NOT_FOUND', 'There is no such person.', { path });
  if (account.isSuperUser) throw new AppError('CONFLICT', 'Nobody impersonates a super user.', { path });
  if (isKeptOut(account, now))
    throw new AppError('CONFLICT', 'The platform keeps this person out.', { path });
}
