import { AppError, text, type Viewer } from '@diaspora/kit';
import { z } from 'zod';
import type { Account } from '../__generated__/prisma/client.js';
import { isKeptOut } from '../accounts/index.js';

export const eventOwnerInput = z.object({ accountId: z.uuid(), reason: text({ max: 1_000 }).nullish() });

/** Super users, and the person. */
export const maySee = (viewer: Viewer | null, accountId: string): boolean =>
  viewer?.roles.includes('SUPER_USER') === true || (viewer?.kind === 'person' && viewer.id === accountId);

export function assertAboutAnother(accountId: string, actorId: string): void {
  if (accountId === actorId) throw new AppError('FORBIDDEN', 'This is about you: others decide.');
}

/** Throws unless it is somebody: who never proved the address, or was erased, is nobody. */
export function assertSomebody(account: Account | null): asserts account {
  if (!account?.emailVerifiedAt)
    throw new AppError('NOT_FOUND', 'There is no such person.', { path: ['userId'] });
}

/** Throws unless the person may come in. Who may not can still lose what they have. */
export function assertMayBecome(account: Account, now: Date): void {
  if (isKeptOut(account, now))
    throw new AppError('CONFLICT', 'The platform keeps this person out.', { path: ['userId'] });
}
