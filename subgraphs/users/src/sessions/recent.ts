import { AppError, minuteMs, type Viewer } from '@diaspora/kit';
import type { Transaction } from '../database.js';

/** How long ago whoever does something grave may have proved who they are: a device left open does nothing. */
const recentSignInMs = 15 * minuteMs;

/** Throws RECENT_SIGN_IN_REQUIRED unless the viewer's session goes on and began lately. */
export async function assertSignedInRecently(
  tx: Transaction,
  { id: accountId, sessionId: id }: Viewer,
  now: Date,
): Promise<void> {
  const since = new Date(now.getTime() - recentSignInMs);
  const session = { id, accountId, revokedAt: null, expiresAt: { gt: now }, authenticatedAt: { gte: since } };
  if ((await tx.session.count({ where: session })) === 0)
    throw new AppError('RECENT_SIGN_IN_REQUIRED', 'Sign in again first: this takes a recent sign-in.');
}
