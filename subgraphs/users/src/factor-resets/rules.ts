import { AppError, dayMs, hourMs, text } from '@diaspora/kit';
import { z } from 'zod';
import { isKeptOut } from '../accounts/index.js';
import type { Account, FactorReset } from '../__generated__/prisma/client.js';

/** How long the owner of an account can refuse: over a weekend, too. */
export const refusalMs = 72 * hourMs;

/** How long a password that a mailed code set, or could set, proves no more than the mailbox does. */
const mailedPasswordMs = 30 * dayMs;

export const openInput = z.object({ accountId: z.uuid(), reason: text({ max: 1_000 }) });

const isRecent = (at: Date | null, now: Date): boolean =>
  at !== null && now.getTime() - at.getTime() < mailedPasswordMs;

/** One super user is not enough for a peer, nor where whoever holds the mailbox may have set the password. */
export const takesTwo = ({ isSuperUser, passwordResetAt }: Account, now: Date): boolean =>
  isSuperUser || isRecent(passwordResetAt, now);

/** Throws unless `openerId` may begin to remove the second factor of the account. */
export function assertMayOpen(account: Account | null, openerId: string, now: Date): asserts account {
  const path = ['userId'];
  if (!account?.emailVerifiedAt) throw new AppError('NOT_FOUND', 'There is no such person.', { path });
  if (account.id === openerId) throw new AppError('FORBIDDEN', 'This is about you: others decide.');
  if (!account.secondFactorAt)
    throw new AppError('CONFLICT', 'This person signs in without a second factor.', { path });
  // The password is what stays of two proofs: without one the mailbox would be all.
  if (!account.passwordHash) throw new AppError('CONFLICT', 'This person has no password.', { path });
  if (isKeptOut(account, now))
    throw new AppError('CONFLICT', 'The platform keeps this person out.', { path });
}

/** Throws unless `confirmerId` is the second of the two persons. */
export function assertMayConfirm(reset: FactorReset, confirmerId: string, now: Date): void {
  if (reset.accountId === confirmerId) throw new AppError('FORBIDDEN', 'This is about you: others decide.');
  if (reset.openedBy === confirmerId) throw new AppError('FORBIDDEN', 'Whoever opened it cannot confirm it.');
  if (reset.status !== 'OPEN' || reset.dueAt <= now)
    throw new AppError('CONFLICT', 'This reset is closed, or its time is over.', { path: ['resetId'] });
}

/** Whether the account is still as it was when the reset was opened. Whoever decided is asked about elsewhere. */
export const isStillMeant = (account: Account, reset: FactorReset): boolean =>
  account.emailVerifiedAt !== null &&
  account.passwordHash !== null &&
  account.secondFactorAt !== null &&
  account.secondFactorAt <= reset.openedAt;

/**
 * Between a reset of the second factor and the next sign-in, that sign-in takes the password as a proof of its own: whoever
 * holds the mailbox must not set it. After thirty days they may, or whoever forgot it would stay out for good.
 */
export function assertMailMaySetPassword({ factorResetAt }: Account, now: Date): void {
  if (isRecent(factorResetAt, now))
    throw new AppError(
      'CONFLICT',
      'The second factor was reset: the next sign-in takes the password as it was. A code can set it thirty days later.',
    );
}
