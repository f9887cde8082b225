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

/** Attempts at a refund whose failure may pass: with the pauses that events makes between them, about three days. */
export const mostRefundAttempts = 12;

/** Nothing that could happen makes these possible. */
const hopeless = new Set(['order_not_paid', 'other_currency']);

/** Whether a refund that failed is given up, until somebody says to try it again. */
export const isFailedFinally = (refund: {
  readonly failure: string;
  readonly attempts: number;
  /** The provider would not even take it. */
  readonly isRefused: boolean;
}): boolean => refund.isRefused || hopeless.has(refund.failure) || refund.attempts >= mostRefundAttempts;

/** What whoever sold can do about a refund that failed for good. */
export function adviceFor(failure: string | null): string {
  const payOtherwise = 'Pay the buyer in another way, and keep the receipt.';
  switch (failure) {
    case 'exceeds_payment':
      return `More was asked for than is left of the payment: look for other refunds of the order, and for a dispute. Try again when the dispute is over. ${payOtherwise}`;
    case 'order_not_paid':
      return 'The order was never paid: nothing has to go back.';
    case 'other_currency':
      return `The refund is not in the currency of the order. ${payOtherwise}`;
    default:
      return `The payment provider or the buyer's bank does not take it: the account may be closed or the payment too old. Ask the buyer, look at the provider's dashboard, and try again; or pay the buyer in another way, and keep the receipt.`;
  }
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
