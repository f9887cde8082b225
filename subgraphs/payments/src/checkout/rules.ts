import { AppError, idempotencyKey, splitByLargestRemainder } from '@diaspora/kit';
import { z } from 'zod';
import type { Shares } from '../ledger/index.js';

export const payOrderInput = z.object({ idempotencyKey: idempotencyKey(), orderId: z.string() });

const wholeBasisPoints = 10_000n;

export const platformFeeChange = z.object({
  expectedVersion: z.number().int(),
  basisPoints: z.number().int().min(0, 'The fee: 0 to 5000.').max(5_000, 'The fee: 0 to 5000.'),
});

/** What of a sale is the seller's and what the platform's; together they are all of it. */
export function sharesOf(order: {
  readonly sellerId: string;
  readonly totalMinor: bigint;
  readonly feeBasisPoints: number;
}): Shares {
  const fee = BigInt(order.feeBasisPoints);
  const [sellerMinor = 0n, platformMinor = 0n] = splitByLargestRemainder(order.totalMinor, [
    wholeBasisPoints - fee,
    fee,
  ]);
  return { sellerId: order.sellerId, sellerMinor, platformMinor };
}

export type OrderStatus =
  'PENDING' | 'PAYING' | 'PAID' | 'PARTIALLY_REFUNDED' | 'REFUNDED' | 'DISPUTED' | 'CANCELLED';

/** Nothing has been decided: it can be paid, and it can be cancelled. */
export const isUndecided = (status: OrderStatus): boolean => status === 'PENDING' || status === 'PAYING';

/** Where a paid order stands. */
export function paidStatus(order: {
  readonly totalMinor: bigint;
  readonly refundedMinor: bigint;
  readonly disputedMinor: bigint;
}): OrderStatus {
  if (order.disputedMinor > 0n) return 'DISPUTED';
  if (order.refundedMinor === 0n) return 'PAID';
  return order.refundedMinor < order.totalMinor ? 'PARTIALLY_REFUNDED' : 'REFUNDED';
}

interface Payable {
  readonly status: OrderStatus;
  readonly payBefore: Date;
}

/** Why the order cannot be paid now; null when it can. */
export function whyNotPayable({ status, payBefore }: Payable, now: Date): AppError | null {
  if (status === 'PAYING')
    return new AppError('PAYMENT_UNDER_WAY', 'A payment is under way. Try again when it has ended.');
  if (status === 'CANCELLED') return new AppError('ORDER_NOT_PAYABLE', 'This order was cancelled.');
  if (status !== 'PENDING') return new AppError('ORDER_NOT_PAYABLE', 'This order is paid.');
  if (payBefore <= now) return new AppError('ORDER_NOT_PAYABLE', 'The time to pay this order is over.');
  return null;
}

/** A line or a total that does not add up is not charged to anybody. */
export function assertAddsUp(order: {
  readonly totalMinor: bigint;
  readonly lines: readonly {
    readonly quantity: number;
    readonly unitAmountMinor: bigint;
    readonly amountMinor: bigint;
  }[];
}): void {
  const sum = order.lines.reduce((total, { amountMinor }) => total + amountMinor, 0n);
  const isEachRight = order.lines.every(
    ({ quantity, unitAmountMinor, amountMinor }) => BigInt(quantity) * unitAmountMinor === amountMinor,
  );
  if (sum !== order.totalMinor || !isEachRight || order.totalMinor < 0n)
    throw new Error('The lines of an order do not sum to its total.');
}
