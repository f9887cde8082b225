import { addJob, AppError, type Clock, type Logger } from '@diaspora/kit';
import type { Payment, Refund } from '../__generated__/prisma/client.js';
import type { Db, Transaction } from '../database.js';
import { paymentIds, refundIds } from '../ids.js';
import { requestRefund } from '../jobs.js';
import { PaymentRefused, type Providers, type RefundNews } from '../providers/index.js';
import { lockPayment } from './locking.js';
import type { Outcome, Purposes } from './purpose.js';
import { mayStillAsk } from './keys.js';
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

export type Refunds = ReturnType<typeof createRefunds>;

export function createRefunds({ db, clock, log, providers, purposes, telling }: Dependencies) {
  async function refundable(tx: Transaction, paymentId: string): Promise<bigint> {
    return refundableMinor(
      await tx.payment.findUniqueOrThrow({
        where: { id: paymentId },
        include: { refunds: true, disputes: true },
      }),
    );
  }

  /** Runs something while nobody else changes the payment. */
  async function locked<Answer>(
    tx: Transaction,
    paymentId: string,
    run: (payment: Payment) => Promise<Answer>,
  ): Promise<Answer> {
    const payment = await tx.payment.findUniqueOrThrow({ where: { id: paymentId } });
    return run(await lockPayment(tx, purposes, payment));
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
    const refund = await db.$transaction((tx) => begin(tx, refundId));
    if (!refund) return;
    const { payment, amountMinor, provider } = refund;
    const reference = refundIds.encode(refundId);
    try {
      const { providerRefundId } = await providers.named(provider).createRefund({
        providerPaymentId: payment.providerPaymentId!,
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
      const { failure } = error;
      await db.$transaction((tx) => locked(tx, payment.id, (its) => fail(tx, its, refundId, failure)));
    }
  }

  /** Null when it shall not be asked for, or not now. */
  async function begin(tx: Transaction, refundId: string) {
    const { paymentId } = await tx.refund.findUniqueOrThrow({ where: { id: refundId } });
    return locked(tx, paymentId, async (payment) => {
      const refund = await tx.refund.findUniqueOrThrow({ where: { id: refundId } });
      const { status, providerRefundId, provider, askedAt } = refund;
      if (status !== 'REQUESTED' || providerRefundId || !payment.providerPaymentId) return null;
      const now = clock.now();
      const decision = await mayStillAsk(tx, providers.named(provider), askedAt, now);
      if (decision === 'NEVER') await fail(tx, payment, refundId, 'not_acknowledged');
      if (decision !== 'NOW') return null;
      await tx.refund.update({ where: { id: refundId }, data: { askedAt: askedAt ?? now } });
      return { ...refund, payment };
    });
  }

  async function fail(tx: Transaction, payment: Payment, refundId: string, failure: string): Promise<void> {
    const refund = await tx.refund.findUniqueOrThrow({ where: { id: refundId } });
    await record(tx, payment, refund, { status: 'FAILED', failure, occurredAt: clock.now() });
  }

  /** A refund that nobody here asked for was made at the provider, by hand. */
  async function settle(tx: Transaction, payment: Payment, news: RefundNews): Promise<Outcome> {
    const known = await find(tx, payment, news);
    if (known) return isOther(known, payment, news) ? 'MISMATCH' : record(tx, payment, known, news);
    const isTooMuch = payment.status === 'CAPTURED' && news.amountMinor > (await refundable(tx, payment.id));
    // One of ours may be on its way that the provider will not make any more.
    if (isTooMuch && news.status !== 'FAILED') return 'EXCEEDS_PAYMENT';
    return record(tx, payment, await note(tx, payment, news), news);
  }

  async function find(tx: Transaction, payment: Payment, news: RefundNews): Promise<Refund | null> {
    const { provider } = payment;
    const { providerRefundId } = news;
    const id = news.refundReference === null ? null : refundIds.find(news.refundReference);
    const byId = id && (await tx.refund.findFirst({ where: { id, provider } }));
    if (!byId) return tx.refund.findFirst({ where: { provider, providerRefundId } });
    if (byId.providerRefundId || byId.status !== 'REQUESTED') return byId;
    return tx.refund.update({ where: { id: byId.id }, data: { providerRefundId } });
  }

  /** The provider made a refund twice, or after it had been given up: money may have gone that nobody owed. */
  function isOther(known: Refund, payment: Payment, news: RefundNews): boolean {
    if (known.paymentId !== payment.id || known.amountMinor !== news.amountMinor) return true;
    return known.providerRefundId !== news.providerRefundId && news.status !== 'FAILED';
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

  return { refundable, locked, request, ask, settle, tellAll, requestUnacknowledged };
}

function sameRefund(known: Refund, { paymentId, amountMinor }: RefundWish): Refund {
  if (known.paymentId === paymentId && known.amountMinor === amountMinor) return known;
  throw new AppError('CONFLICT', 'This key was used for another refund.');
}
