import { messagesFrom } from '@diaspora/kit';
import type { PaymentsMessages } from '@diaspora/payments/messages';
import { z } from 'zod';
import type { Purchase } from '../__generated__/prisma/client.js';
import type { Transaction } from '../database.js';
import { purchaseIds, refundIds } from '../ids.js';
import type { Basket, LockedPurchase } from './basket.js';
import { retryDelayMs } from './rules.js';
import type { Saga } from './saga.js';

const payments = messagesFrom<PaymentsMessages, Transaction>('payments');

const order = z.object({ purchaseId: z.string() });
const moved = order.extend({ amountMinor: z.string().transform(BigInt) });
const refund = moved.extend({ refundId: z.string() });
const instant = z.iso.datetime().transform((at) => new Date(at));

interface Dependencies {
  readonly basket: Basket;
  readonly saga: Saga;
}

/**
 * What payments tells of the orders of purchases. They arrive in order for each purchase, but may be about what has ended
 * here meanwhile, and more than once: what changes nothing any more is heard and forgotten.
 */
export function createOrderHandlers({ basket, saga }: Dependencies) {
  const keyOf = ({ purchaseId }: { purchaseId: string }) => purchaseIds.decode(purchaseId);

  /** Money that went back: what was asked for here, or what payments gave back by itself. */
  async function refunded(
    tx: Transaction,
    locked: LockedPurchase,
    { id, amountMinor, refundedAt }: { id: string; amountMinor: bigint; refundedAt: Date },
  ): Promise<void> {
    const purchaseId = locked.purchase.id;
    await tx.purchaseRefund.upsert({
      where: { id },
      create: {
        ...{ id, purchaseId, amountMinor, reason: 'OTHER', status: 'REFUNDED' },
        ...{ requestedAt: refundedAt, refundedAt },
      },
      update: { status: 'REFUNDED', refundedAt, failure: null, retryAt: null },
    });
    const gone = await tx.purchaseRefund.aggregate({
      where: { purchaseId, status: 'REFUNDED' },
      _sum: { amountMinor: true },
    });
    const paid = locked.purchase.paidMinor;
    if (paid > 0n && (gone._sum.amountMinor ?? 0n) >= paid) await endAll(tx, locked);
    const open = await tx.purchaseRefund.count({ where: { purchaseId, status: { not: 'REFUNDED' } } });
    const purchase = await tx.purchase.findUniqueOrThrow({ where: { id: purchaseId } });
    await saga.advance(tx, purchase, { type: 'REFUNDED', isAll: open === 0 });
    await saga.afterStep('before:refunded');
  }

  /** Whoever has all the money back has no tickets. */
  async function endAll(tx: Transaction, locked: LockedPurchase): Promise<void> {
    const where = { purchaseId: locked.purchase.id, status: 'VALID' as const };
    const tickets = await tx.ticket.findMany({ where, orderBy: { id: 'asc' } });
    await saga.endTickets(tx, locked, tickets.map((ticket) => ({ ticket, amountMinor: 0n })), 'OTHER'); // prettier-ignore
  }

  async function change(tx: Transaction, data: { purchaseId: string }, changes: Partial<Purchase>) {
    await tx.purchase.updateMany({ where: { id: keyOf(data) }, data: changes });
  }

  return [
    payments.on('order.opened', order.extend({ openedAt: instant }), ({ data }, tx) =>
      change(tx, data, { orderOpenedAt: data.openedAt }),
    ),
    payments.on('order.paid', moved, ({ data }, tx) => saga.paid(tx, keyOf(data), data.amountMinor)),
    payments.on(
      'order.paymentFailed',
      order.extend({ reason: z.string(), failedAt: instant }),
      ({ data }, tx) =>
        change(tx, data, { paymentFailureReason: data.reason, paymentFailedAt: data.failedAt }),
    ),
    payments.on('order.cancelled', order, async ({ data }, tx) => {
      const locked = await basket.lockPurchase(tx, keyOf(data));
      if (locked) await saga.end(tx, locked, 'EXPIRED');
    }),
    payments.on('order.refunded', refund.extend({ refundedAt: instant }), async ({ data }, tx) => {
      const locked = await basket.lockPurchase(tx, keyOf(data));
      if (locked) await refunded(tx, locked, { ...data, id: refundIds.decode(data.refundId) });
    }),
    payments.on(
      'order.refundFailed',
      order.extend({
        refundId: z.string(),
        reason: z.string(),
        isFinal: z.boolean().default(false),
        failedAt: instant,
      }),
      async ({ data: { reason: failure, isFinal, failedAt, ...data } }, tx) => {
        const id = refundIds.decode(data.refundId);
        const known = await tx.purchaseRefund.findUnique({ where: { id } });
        const status = isFinal ? 'FAILED_FINALLY' : 'FAILED';
        // Also one that was told as refunded: money comes back when an account is closed.
        if (!known || known.status === status || known.status === 'FAILED_FINALLY') return;
        const retryAt = isFinal ? null : new Date(failedAt.getTime() + retryDelayMs(known.attempts));
        await tx.purchaseRefund.update({
          where: { id },
          data: { status, failure, retryAt, refundedAt: null },
        });
      },
    ),
    payments.on(
      'order.disputed',
      order.extend({ status: z.string(), disputedAt: instant }),
      async ({ data }, tx) => {
        // Its events before the purchase, as everywhere.
        const locked = await basket.lockPurchase(tx, keyOf(data));
        await change(tx, data, { disputeStatus: data.status, disputedAt: data.disputedAt });
        if (locked && data.status === 'LOST') await endAll(tx, locked);
      },
    ),
  ];
}
