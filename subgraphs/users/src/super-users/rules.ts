import { AppError, dayMs, text } from '@diaspora/kit';
import { z } from 'zod';
import type { SuperUserChange } from '../__generated__/prisma/client.js';

/** How long a proposal waits for its confirmation. */
export const proposalLifetimeMs = 7 * dayMs;

export const proposalInput = z.object({
  accountId: z.uuid(),
  reason: text({ max: 1_000 }),
});

export const resignation = z.object({ reason: text({ max: 1_000 }).nullish() });

export type ChangeStatus = SuperUserChange['status'];

/** That nobody confirmed it in time follows from its end: nobody has to note it. */
export const statusOf = (change: Pick<SuperUserChange, 'status' | 'expiresAt'>, now: Date): ChangeStatus =>
  change.status === 'PROPOSED' && change.expiresAt <= now ? 'EXPIRED' : change.status;

/** Throws unless `deciderId` may decide about the open proposal: nobody has a say in what concerns themselves. */
export function assertMayDecide(change: SuperUserChange, deciderId: string, now: Date): void {
  if (change.accountId === deciderId) throw new AppError('FORBIDDEN', 'This is about you: others decide.');
  if (statusOf(change, now) !== 'PROPOSED')
    throw new AppError('CONFLICT', 'This proposal is closed.', { payload: { change } });
}

/** Throws unless `confirmerId` is the second of the two persons that a change takes. */
export function assertMayConfirm(change: SuperUserChange, confirmerId: string, now: Date): void {
  assertMayDecide(change, confirmerId, now);
  if (change.proposerId === confirmerId)
    throw new AppError('FORBIDDEN', 'Whoever proposed it cannot confirm it.');
}
