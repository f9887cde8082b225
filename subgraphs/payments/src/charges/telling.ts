import type { Outbox } from '@diaspora/kit';
import type { Dispute, Payment, Refund } from '../__generated__/prisma/client.js';
import type { Transaction } from '../database.js';
import { disputeIds, orderIds, paymentIds, refundIds, subscriptionIds, userIds } from '../ids.js';
import type { PaymentsMessages } from '../messages.js';
import {
  purposeOf,
  type MoneyMovement,
  type MovementDocument,
  type MovementListener,
  type Purposes,
} from './purpose.js';

export type Telling = ReturnType<typeof createTelling>;

interface Dependencies {
  readonly outbox: Outbox<PaymentsMessages>;
  readonly purposes: Purposes;
  readonly listeners: readonly MovementListener[];
  readonly documents: readonly MovementDocument[];
}

/**
 * Everybody who has to know of a change, in one order: the others by messages, the books, what was paid for, and in the end
 * the documents.
 */
export function createTelling({ outbox, purposes, listeners, documents }: Dependencies) {
  const undocumented = new WeakMap<Transaction, MoneyMovement[]>();

  async function move(
    tx: Transaction,
    payment: Payment,
    movement: Omit<MoneyMovement, 'payment' | 'currency'>,
  ) {
    const moved = { ...movement, payment, currency: payment.currency };
    for (const listener of listeners) await listener(tx, moved);
    undocumented.set(tx, [...(undocumented.get(tx) ?? []), moved]);
  }

  /**
   * Last of all that the transaction does: counters of a day, and in the end documents, are written under locks of everybody
   * who writes one, in one order, so that nobody waits in a ring who moves several things.
   */
  async function documentAll(tx: Transaction): Promise<void> {
    const all = undocumented.get(tx) ?? [];
    if (all.length > 0) for (const document of documents) await document(tx, all);
    undocumented.delete(tx);
  }

  async function captured(tx: Transaction, payment: Payment, at: Date): Promise<'APPLIED' | 'OWED_BACK'> {
    const data = { ...dataOf(payment, payment.amountMinor), capturedAt: at.toISOString() };
    await outbox.publish(tx, { type: 'payment.captured', key: data.userId, data });
    const { id, amountMinor, feeMinor } = payment;
    await move(tx, payment, { kind: 'CAPTURED', id, amountMinor, at });
    if (feeMinor !== null) await fee(tx, payment, feeMinor, at);
    return purposeOf(purposes, payment).captured(tx, payment, at);
  }

  async function fee(tx: Transaction, payment: Payment, amountMinor: bigint, at: Date): Promise<void> {
    if (amountMinor > 0n) await move(tx, payment, { kind: 'FEE', id: payment.id, amountMinor, at });
  }

  /** Nobody is told of a failure who wanted it. */
  async function failed(tx: Transaction, payment: Payment, at: Date) {
    if (!wished.has(payment.failure)) await tellFailed(tx, payment, at);
    await purposeOf(purposes, payment).failed(tx, payment, at);
  }

  async function tellFailed(tx: Transaction, payment: Payment, at: Date): Promise<void> {
    const data = {
      ...dataOf(payment, payment.amountMinor),
      reason: payment.failure ?? 'other',
      failedAt: at.toISOString(),
    };
    await outbox.publish(tx, { type: 'payment.failed', key: data.userId, data });
  }

  /** Tells what is new about a refund of a captured payment. */
  async function refunded(tx: Transaction, payment: Payment, refund: Refund) {
    const { id, amountMinor, status, toldStatus } = refund;
    if (status === toldStatus || status === 'REQUESTED') return;
    const at = refund.settledAt!;
    await tx.refund.update({ where: { id }, data: { toldStatus: status } });
    if (status === 'SUCCEEDED') {
      const base = dataOf(payment, amountMinor);
      const data = { ...base, refundId: refundIds.encode(id), refundedAt: at.toISOString() };
      await outbox.publish(tx, { type: 'payment.refunded', key: data.userId, data });
      await move(tx, payment, { kind: 'REFUNDED', id, amountMinor, at });
    } else if (toldStatus === 'SUCCEEDED') {
      await move(tx, payment, { kind: 'REFUND_FAILED', id, amountMinor, at });
    }
    await purposeOf(purposes, payment).refunded(tx, payment, refund);
  }

  /** Tells what is new about a dispute of a captured payment; one that comes to us closed was open before. */
  async function disputed(tx: Transaction, payment: Payment, dispute: Dispute) {
    const { id, amountMinor, status, toldStatus, openedAt, closedAt } = dispute;
    if (status === toldStatus) return;
    await tx.dispute.update({ where: { id }, data: { toldStatus: status } });
    const base = { ...dataOf(payment, amountMinor), disputeId: disputeIds.encode(id) };
    const data = { ...base, status, disputedAt: (closedAt ?? openedAt).toISOString() };
    await outbox.publish(tx, { type: 'payment.disputed', key: data.userId, data });
    if (toldStatus === null) await move(tx, payment, { kind: 'DISPUTED', id, amountMinor, at: openedAt });
    if (closedAt) {
      const kind = status === 'WON' ? 'DISPUTE_WON' : 'DISPUTE_LOST';
      await move(tx, payment, { kind, id, amountMinor, at: closedAt });
    }
    await purposeOf(purposes, payment).disputed(tx, payment, dispute);
  }

  return { captured, fee, failed, refunded, disputed, documentAll };
}

/** What it was for is off, or the payer pays it another way. */
const wished = new Set<string | null>(['not_wanted', 'replaced']);

const dataOf = (payment: Payment, amountMinor: bigint) => ({
  paymentId: paymentIds.encode(payment.id),
  subscriptionId: payment.subscriptionId && subscriptionIds.encode(payment.subscriptionId),
  orderId: payment.orderId && orderIds.encode(payment.orderId),
  userId: userIds.encode(payment.userId),
  amountMinor: amountMinor.toString(),
  currency: payment.currency,
});
