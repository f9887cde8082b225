import { addJob, AppError, type Clock, type Logger } from '@diaspora/kit';
import type { Payment } from '../__generated__/prisma/client.js';
import { Prisma, type Db, type Transaction } from '../database.js';
import { paymentIds, userIds } from '../ids.js';
import { cancelPayment, requestPayment } from '../jobs.js';
import { PaymentRefused, type Providers } from '../providers/index.js';
import type { Customers } from './customers.js';
import { mayStillAsk } from './keys.js';
import { lockPayment } from './locking.js';
import { purposeOf, type Purposes } from './purpose.js';

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
  readonly providers: Providers;
  readonly customers: Customers;
  readonly purposes: Purposes;
  /** Writes down that a payment failed. The caller holds its lock. */
  readonly fail: (tx: Transaction, payment: Payment, failure: string) => Promise<unknown>;
}

/** Whose waiting payments are given up. */
export type Waiting = { readonly userId: string } & (
  { readonly orderId: string } | { readonly subscriptionId: string } | { readonly subscription: object }
);

const isOpen = ({ status }: Payment): boolean => status === 'CREATED' || status === 'AUTHORISED';

/** What is asked of providers about a payment, by jobs and outside any transaction. */
export function createAsking({ db, clock, log, providers, customers, purposes, fail }: Dependencies) {
  const under = <Answer>(paymentId: string, run: (tx: Transaction, payment: Payment) => Promise<Answer>) =>
    db.$transaction(async (tx) => {
      const payment = await tx.payment.findUniqueOrThrow({ where: { id: paymentId } });
      return run(tx, await lockPayment(tx, purposes, payment));
    });

  /** An order may be cancelled and a person gone since: money that nobody wants any more is not taken. */
  async function isWanted(tx: Transaction, payment: Payment): Promise<boolean> {
    if (await purposeOf(purposes, payment).wants(tx, payment)) return true;
    await fail(tx, payment, 'not_wanted');
    return false;
  }

  /** The job, with the payment's id as the provider's idempotency key. */
  async function request({ paymentId }: { paymentId: string }): Promise<void> {
    const payment = await under(paymentId, begin);
    if (!payment) return;
    const { amountMinor, currency, token, isPayerPresent, isRepeated } = payment;
    const reference = paymentIds.encode(paymentId);
    try {
      const provider = providers.named(payment.provider);
      const { providerPaymentId, nextAction } = await provider.createPayment({
        amountMinor,
        currency,
        token,
        isPayerPresent,
        isRepeated,
        reference,
        idempotencyKey: reference,
        customer: userIds.encode(payment.userId),
        customerId: await customers.of(provider, payment.userId),
      });
      // A webhook may have been faster.
      await db.payment.updateMany({
        where: { id: paymentId, providerPaymentId: null },
        data: { providerPaymentId },
      });
      if (nextAction)
        await db.payment.updateMany({ where: { id: paymentId, status: 'CREATED' }, data: { nextAction } });
    } catch (error) {
      if (!(error instanceof PaymentRefused)) throw error;
      const { failure } = error;
      await under(paymentId, (tx, locked) => fail(tx, locked, failure));
    }
  }

  /** Null when it shall not be asked for, or not now. */
  async function begin(tx: Transaction, payment: Payment): Promise<Payment | null> {
    const { id, status, providerPaymentId, askedAt, provider } = payment;
    if (status !== 'CREATED' || providerPaymentId || !(await isWanted(tx, payment))) return null;
    const now = clock.now();
    const decision = await mayStillAsk(tx, providers.named(provider), askedAt, now);
    if (decision === 'NEVER') await fail(tx, payment, 'not_acknowledged');
    if (decision !== 'NOW') return null;
    return tx.payment.update({ where: { id }, data: { askedAt: askedAt ?? now } });
  }

  /** The job that fetches what the payer agreed to pay. */
  async function capture({ paymentId }: { paymentId: string }): Promise<void> {
    const payment = await under(paymentId, async (tx, locked) =>
      isOpen(locked) && (await isWanted(tx, locked)) ? locked : null,
    );
    if (!payment?.providerPaymentId) return;
    const { provider, providerPaymentId } = payment;
    const idempotencyKey = `${paymentIds.encode(paymentId)}-capture`;
    try {
      await providers.named(provider).capturePayment?.({ providerPaymentId, idempotencyKey });
    } catch (error) {
      if (!(error instanceof PaymentRefused)) throw error;
      const { failure } = error;
      await under(paymentId, (tx, locked) => fail(tx, locked, failure));
    }
  }

  /** The job that gives up what was not paid. Money that comes in all the same is taken for what it is. */
  async function cancel({ paymentId }: { paymentId: string }, failure = 'cancelled'): Promise<boolean> {
    const payment = await db.payment.findUniqueOrThrow({ where: { id: paymentId } });
    const { status, provider, providerPaymentId } = payment;
    if (status !== 'CREATED' || !providerPaymentId) return false;
    const answer = await providers
      .named(provider)
      .cancelPayment({ providerPaymentId })
      .catch((error: unknown) => {
        if (!(error instanceof PaymentRefused)) throw error;
        log.error({ paymentId, reason: error.message }, 'a payment cannot be given up');
        return 'TOO_LATE' as const;
      });
    if (answer === 'TOO_LATE') return false;
    await under(paymentId, (tx, locked) => fail(tx, locked, failure));
    return true;
  }

  /** For what will not be bought any more: its payment is given up, later, by a job. */
  async function cancelLater(
    tx: Transaction,
    paidFor: { orderId: string } | { subscriptionId: string },
  ): Promise<void> {
    const open = await tx.payment.findMany({
      where: { ...paidFor, status: 'CREATED', providerPaymentId: { not: null } },
      select: { id: true },
    });
    await cancelAll(tx, open);
  }

  const cancelAll = async (tx: Transaction, payments: readonly { id: string }[]): Promise<void> => {
    for (const { id } of payments)
      await addJob(tx, cancelPayment, { paymentId: id }, { jobKey: `cancel-payment:${id}` });
  };

  /**
   * Runs what a payment under way keeps from being done; when that one only waits for its payer, who is here and wants
   * something else, it is given up first.
   */
  async function insteadOf<Answer>(waiting: Waiting, run: () => Promise<Answer>): Promise<Answer> {
    try {
      return await run();
    } catch (error) {
      if (!isInTheWay(error)) throw error;
      const payments = await db.payment.findMany({
        where: { ...waiting, status: 'CREATED', nextAction: { not: Prisma.DbNull } },
        select: { id: true },
      });
      let hasGone = false;
      for (const { id } of payments) hasGone = (await cancel({ paymentId: id }, 'replaced')) || hasGone;
      if (!hasGone) throw error;
      return run();
    }
  }

  /** A job gives up one day; a payment does not, because nobody knows whether the provider made it. */
  async function requestAgain(createdAt: { lt: Date }, take: number): Promise<void> {
    const payments = await db.payment.findMany({
      where: { status: 'CREATED', providerPaymentId: null, createdAt },
      take,
      select: { id: true },
    });
    for (const { id } of payments)
      await addJob(db, requestPayment, { paymentId: id }, { jobKey: `request-payment:${id}` });
  }

  /** Windows are closed and questions of banks never answered: what they were about can be paid again. */
  async function cancelUnanswered(askedAt: { lt: Date; gt: Date }, take: number): Promise<void> {
    // In words of the partial index, which no parameter would be.
    const payments = await db.$queryRaw<{ id: string }[]>`
      SELECT id FROM payments
      WHERE status = 'CREATED' AND provider_payment_id IS NOT NULL
        AND asked_at < ${askedAt.lt} AND asked_at > ${askedAt.gt}
      ORDER BY asked_at DESC LIMIT ${take}`;
    await cancelAll(db, payments);
  }

  return { request, capture, cancel, cancelLater, insteadOf, requestAgain, cancelUnanswered };
}

const isInTheWay = (error: unknown): boolean =>
  error instanceof AppError && (error.code === 'PAYMENT_UNDER_WAY' || error.code === 'ALREADY_SUBSCRIBED');
