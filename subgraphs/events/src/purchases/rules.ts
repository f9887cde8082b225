import { AppError, dayMs, minuteMs } from '@diaspora/kit';
import type { Purchase } from '../__generated__/prisma/client.js';

type State = Pick<Purchase, 'status' | 'endReason'>;

/** What happens to a purchase, told by payments or decided here. */
export type Fact =
  /** The money is there. `canIssue`: whether everything that was bought can still be had. */
  | { readonly type: 'PAID'; readonly canIssue: boolean }
  /** It ends before the money is there. */
  | { readonly type: 'ENDED'; readonly reason: NonNullable<Purchase['endReason']> }
  /** Tickets were given back or ended: all that were left, or some. `owes`: whether money is on its way for any of them. */
  | { readonly type: 'GIVEN_BACK'; readonly isAll: boolean; readonly owes: boolean }
  /** Money has arrived where it came from: all that was asked for, or a part. */
  | { readonly type: 'REFUNDED'; readonly isAll: boolean };

/** What is to be done about it, in the same transaction. */
export type Effect = 'ISSUE' | 'REFUND' | 'RELEASE' | null;

/**
 * The state machine of purchases. Facts may come in any order and more than once: what does not fit any more changes nothing.
 * PENDING -> COMPLETED or CANCELLED; money that comes for one that has ended makes it COMPLETED after all when it had only
 * expired and everything can still be had, and REFUNDING otherwise; COMPLETED and REFUNDING end as REFUNDED.
 */
export function step(state: State, fact: Fact): State & { readonly effect: Effect } {
  const stays = { ...state, effect: null };
  const { status, endReason } = state;
  switch (fact.type) {
    case 'PAID': {
      if (status !== 'PENDING' && status !== 'CANCELLED') return stays;
      const mayRevive = status === 'PENDING' || endReason === 'EXPIRED';
      return mayRevive && fact.canIssue
        ? { status: 'COMPLETED', endReason: null, effect: 'ISSUE' }
        : { status: 'REFUNDING', endReason, effect: 'REFUND' };
    }
    case 'ENDED':
      return status === 'PENDING'
        ? { status: 'CANCELLED', endReason: fact.reason, effect: 'RELEASE' }
        : stays;
    case 'GIVEN_BACK':
      if (status !== 'COMPLETED' || !fact.isAll) return stays;
      return { ...stays, status: fact.owes ? 'REFUNDING' : 'REFUNDED' };
    case 'REFUNDED':
      return status === 'REFUNDING' && fact.isAll ? { ...stays, status: 'REFUNDED' } : stays;
  }
}

/** How long places are kept for a purchase. */
export const holdMs = 15 * minuteMs;
/** How often that can begin anew. */
export const mostRefreshes = 2;

/** How many purchases of one person are waited for at once, and how many places of one event are kept for them. */
export const mostUnpaidPurchases = 5;
export const mostUnpaidPlaces = 50;

/** When the order stops taking payments: no refresh reaches beyond it. */
export const payBefore = (createdAt: Date): Date =>
  new Date(createdAt.getTime() + (1 + mostRefreshes) * holdMs);

/** Until when places are kept from now on. */
export const keptUntil = (createdAt: Date, now: Date): Date =>
  new Date(Math.min(now.getTime() + holdMs, payBefore(createdAt).getTime()));

/** How long after a failed attempt a refund is asked for again: a minute, doubling, up to a day. */
export const retryDelayMs = (attempts: number): number =>
  Math.min(minuteMs * 2 ** Math.min(attempts - 1, 20), dayMs);

/** Throws unless a purchase costs what its buyer was shown. */
export function assertTotal(
  { totalMinor, currency }: Pick<Purchase, 'totalMinor' | 'currency'>,
  expected: { readonly amountMinor: bigint; readonly currency: string },
): void {
  if (totalMinor === expected.amountMinor && currency === expected.currency) return;
  throw new AppError('PRICE_CHANGED', 'It costs something else now. Look again.', {
    path: ['expectedTotal'],
    typename: 'PriceChangedError',
    total: { amountMinor: totalMinor, currency },
  });
}
