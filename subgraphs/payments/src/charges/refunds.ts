import { addJob, AppError, type Clock, type Logger } from '@diaspora/kit';
import type { Payment, Refund } from '../__generated__/prisma/client.js';
import type { Db, Transaction } from '../database.js';
import { paymentIds, refundIds } from '../ids.js';
import { requestRefund } from '../jobs.js';
import { PaymentRefused, type Providers, type RefundNews } from '../providers/index.js';
import { lockPayment } from './locking.js';
import type { Outcome, Purposes } from './purpose.js';
import { refundableMinor, settledRefund } from './rules.js';
import type { Telling } from './telling.js';

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
  readonly providers: Providers;
  readonly purposes: Purposes;
  readonly telling: Telling;
}

export interface RefundWish {
  /** Asking again under the same key is the same refund. */
  readonly refundId?: string;
  readonly paymentId: string;
  readonly amountMinor: bigint;
  readonly reason: string;
}

export function createRefunds({ db, clock, log, providers, purposes, telling }: Dependencies) {
  async function refundable(tx: Transaction, paymentId: string): Promise<bigint> {
    return refundableMinor(
      await tx.payment.findUniqueOrThrow({
        where: { id: paymentId },
        include: { refunds: true, disputes: true },
      }),
    );
  }

  /**
   * Sends money back, later, by a job. Throws AppError CONFLICT when that is more than is left of the payment, or
   * when the key stands for another refund.
   */
  async function request(tx: Transaction, wish: RefundWish): Promise<Refund> {
    const { refundId = refundIds.create(), paymentId, amountMinor, reason } = wish;
    const payment = await tx.payment.findUniqueOrThrow({ where: { id: paymentId } });
    await lockPayment(tx, purposes, payment);
    const known = await tx.refund.findUnique({ where: { id: refundId } });
    if (known) return sameRefund(known, wish);
    if (amountMinor <= 0n || amountMinor > (await refundable(tx, paymentId)))
      throw new AppError('CONFLICT', 'More than what is left of a payment cannot go back.');
    const refund = await tx.refund.create({
      data: {
        id: refundId,
        paymentId,
        amountMinor,
        reason,
        provider: payment.provider,
        createdAt: clock.now(),
      },
    });
    await addJob(tx, requestRefund, { refundId }, { jobKey: `request-refund:${refundId}` });
    return refund;
  }

  /** The job: outside any transaction, with the refund's id as the provider's idempotency key. */
  async function ask({ refundId }: { refundId: string }): Promise<void> {
    const refund = await db.refund.findUniqueOrThrow({ where: { id: refundId }, include: { payment: true } });
    const { payment, amountMinor, provider, status } = refund;
    if (status !== 'REQUESTED' || refund.providerRefundId || !payment.providerPaymentId) return;
    const reference = refundIds.encode(refundId);
    try {
      const { providerRefundId } = await providers.named(provider).createRefund({
        providerPaymentId: payment.providerPaymentId,
        paymentReference: paymentIds.encode(payment.id),
        amountMinor,
        currency: payment.currency,
        reference,
        idempotencyKey: reference,
      });
      await db.refund.updateMany({
        where: { id: refundId, providerRefundId: null },
        data: { providerRefundId },
      });
    } catch (error) {
      if (!(error instanceof PaymentRefused)) throw error;
      log.error({ refundId, reason: error.message }, 'a refund was refused by the provider');
      await db.$transaction(async (tx) => {
        const locked = await lockPayment(tx, purposes, payment);
        const told = { status: 'FAILED', failure: error.failure, occurredAt: clock.now() } as const;
        await record(tx, locked, await tx.refund.findUniqueOrThrow({ where: { id: refundId } }), told);
      });
    }
  }

  /** A refund that nobody here asked for was made at the provider, by hand. */
  async function settle(tx: Transaction, payment: Payment, news: RefundNews): Promise<Outcome> {
    const known = await find(tx, payment, news);
    if (known && (known.paymentId !== payment.id || known.amountMinor !== news.amountMinor))
      return 'MISMATCH';
    if (!known) {
      const isTooMuch =
        payment.status === 'CAPTURED' && news.amountMinor > (await refundable(tx, payment.id));
      if (isTooMuch && news.status !== 'FAILED') return 'MISMATCH';
    }
    return record(tx, payment, known ?? (await note(tx, payment, news)), news);
  }

  async function find(tx: Transaction, payment: Payment, news: RefundNews): Promise<Refund | null> {
    const { provider } = payment;
    const { providerRefundId } = news;
    const id = news.refundReference === null ? null : refundIds.find(news.refundReference);
    const byId = id && (await tx.refund.findFirst({ where: { id, provider } }));
    if (!byId) return tx.refund.findFirst({ where: { provider, providerRefundId } });
    if (byId.providerRefundId) return byId;
    return tx.refund.update({ where: { id: byId.id }, data: { providerRefundId } });
  }

  const note = (tx: Transaction, payment: Payment, news: RefundNews): Promise<Refund> =>
    tx.refund.create({
      data: {
        id: refundIds.create(),
        paymentId: payment.id,
        amountMinor: news.amountMinor,
        reason: 'MADE_AT_PROVIDER',
        provider: payment.provider,
        providerRefundId: news.providerRefundId,
        createdAt: news.occurredAt,
      },
    });

  async function record(
    tx: Transaction,
    payment: Payment,
    known: Refund,
    { status: told, failure, occurredAt }: Pick<RefundNews, 'status' | 'failure' | 'occurredAt'>,
  ): Promise<Outcome> {
    const status = settledRefund(known.status, told);
    if (status === known.status) return 'NOTHING_NEW';
    const refund = await tx.refund.update({
      where: { id: known.id },
      data: { status, settledAt: occurredAt, failure: status === 'FAILED' ? (failure ?? 'other') : null },
    });
    if (payment.status === 'CAPTURED') await telling.refunded(tx, payment, refund);
    return status === 'FAILED' ? 'REFUND_FAILED' : 'APPLIED';
  }

  async function tellAll(tx: Transaction, payment: Payment): Promise<void> {
    const refunds = await tx.refund.findMany({ where: { paymentId: payment.id }, orderBy: { id: 'asc' } });
    for (const refund of refunds) await telling.refunded(tx, payment, refund);
  }

  async function requestUnacknowledged(createdAt: { lt: Date }, take: number): Promise<void> {
    const refunds = await db.refund.findMany({
      where: { status: 'REQUESTED', providerRefundId: null, createdAt },
      take,
      select: { id: true },
    });
    for (const { id } of refunds)
      await addJob(db, requestRefund, { refundId: id }, { jobKey: `request-refund:${id}` });
  }

  return { refundable, request, ask, settle, tellAll, requestUnacknowledged };
}

function sameRefund(known: Refund, { paymentId, amountMinor }: RefundWish): Refund {
  if (known.paymentId === paymentId && known.amountMinor === amountMinor) return known;
  throw new AppError('CONFLICT', 'This key was used for another refund.');
}
