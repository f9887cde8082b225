import type { DisputeStatus, PaymentStatus, RefundStatus } from '../__generated__/prisma/client.js';

const paymentRank: Record<PaymentStatus, number> = { CREATED: 0, AUTHORISED: 1, FAILED: 2, CAPTURED: 3 };
const refundRank: Record<RefundStatus, number> = { REQUESTED: 0, SUCCEEDED: 1, FAILED: 2 };

/**
 * A payment only climbs: captured money outweighs a failure reported before or after it. So the last word does not
 * depend on the order in which a provider's events arrive, nor on how often.
 */
export const settledStatus = (known: PaymentStatus, told: PaymentStatus): PaymentStatus =>
  paymentRank[told] > paymentRank[known] ? told : known;

/** Banks send refunds back days after they went: a failure outweighs a success. */
export const settledRefund = (known: RefundStatus, told: RefundStatus): RefundStatus =>
  refundRank[told] > refundRank[known] ? told : known;

/** A dispute is closed once. */
export const settledDispute = (known: DisputeStatus, told: DisputeStatus): DisputeStatus =>
  known === 'OPEN' ? told : known;

interface Part<Status> {
  readonly amountMinor: bigint;
  readonly status: Status;
}

const sum = (parts: readonly Part<unknown>[]): bigint =>
  parts.reduce((total, { amountMinor }) => total + amountMinor, 0n);

/** What may still go back: neither what went or is on its way, nor what the payer's bank took. */
export function refundableMinor(payment: {
  readonly status: PaymentStatus;
  readonly amountMinor: bigint;
  readonly refunds: readonly Part<RefundStatus>[];
  readonly disputes: readonly Part<DisputeStatus>[];
}): bigint {
  if (payment.status !== 'CAPTURED') return 0n;
  const gone = sum(payment.refunds.filter(({ status }) => status !== 'FAILED'));
  const taken = sum(payment.disputes.filter(({ status }) => status !== 'WON'));
  const left = payment.amountMinor - gone - taken;
  return left > 0n ? left : 0n;
}
