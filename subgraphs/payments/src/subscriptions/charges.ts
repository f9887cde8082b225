import { addJob, type Clock, type Outbox } from '@diaspora/kit';
import type { Payment, PaymentStatus } from '../__generated__/prisma/client.js';
import type { Db, Transaction } from '../database.js';
import { paymentIds, subscriptionIds, userIds } from '../ids.js';
import { requestPayment } from '../jobs.js';
import type { PaymentsMessages } from '../messages.js';
import { PaymentRefused, type PaymentNews, type Providers } from '../providers/index.js';
import { hasOtherLive, lockSubscription, type Lifecycle, type SubscriptionWithPlan } from './lifecycle.js';
import { isLive, nextAttemptAt, settledStatus } from './rules.js';

export type Charges = ReturnType<typeof createCharges>;
export type Outcome = 'APPLIED' | 'OWED_BACK' | 'NOTHING_NEW' | 'UNKNOWN_PAYMENT' | 'MISMATCH';

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly outbox: Outbox<PaymentsMessages>;
  readonly providers: Providers;
  readonly lifecycle: Lifecycle;
}

/** Payments from the wish to the money: begun by a job that may be repeated, settled by what the provider reports. */
export function createCharges({ db, clock, outbox, providers, lifecycle }: Dependencies) {
  /** Writes down a payment and the job that asks for it, so that neither a crash nor a repetition loses or doubles it. */
  async function begin(
    tx: Transaction,
    subscription: SubscriptionWithPlan,
    periodIndex: number,
  ): Promise<void> {
    const { id: subscriptionId, provider, plan } = subscription;
    const attempts = await tx.payment.count({ where: { subscriptionId, periodIndex } });
    const { id: paymentId } = await tx.payment.create({
      data: {
        id: paymentIds.create(),
        subscriptionId,
        periodIndex,
        attempt: attempts + 1,
        provider,
        amountMinor: plan.amountMinor,
        currency: plan.currency,
        createdAt: clock.now(),
      },
    });
    await addJob(tx, requestPayment, { paymentId }, { jobKey: `request-payment:${paymentId}` });
  }

  /** The job: outside any transaction, with the payment's id as the provider's idempotency key. */
  async function request({ paymentId }: { paymentId: string }): Promise<void> {
    const payment = await db.payment.findUniqueOrThrow({
      where: { id: paymentId },
      include: { subscription: true },
    });
    if (payment.status !== 'CREATED' || payment.providerPaymentId) return;
    const { subscription, amountMinor, currency } = payment;
    const reference = paymentIds.encode(paymentId);
    try {
      const { providerPaymentId } = await providers.named(payment.provider).createPayment({
        amountMinor,
        currency,
        token: subscription.paymentToken,
        reference,
        idempotencyKey: reference,
        customer: userIds.encode(subscription.userId),
      });
      // A webhook may have been faster.
      await db.payment.updateMany({
        where: { id: paymentId, providerPaymentId: null },
        data: { providerPaymentId },
      });
    } catch (error) {
      if (!(error instanceof PaymentRefused)) throw error;
      await db.$transaction(async (tx) => {
        const locked = await lockSubscription(tx, subscription.id);
        await record(tx, locked!, paymentId, {
          status: 'FAILED',
          failure: 'refused_by_provider',
          at: clock.now(),
        });
      });
    }
  }

  /** Applies what a provider reports, whatever came before and however often. */
  async function settle(tx: Transaction, provider: string, news: PaymentNews): Promise<Outcome> {
    const paymentId = paymentIds.find(news.reference);
    const found = paymentId && (await tx.payment.findFirst({ where: { id: paymentId, provider } }));
    const subscription = found ? await lockSubscription(tx, found.subscriptionId) : null;
    if (!found || !subscription) return 'UNKNOWN_PAYMENT';
    if (found.amountMinor !== news.amountMinor || found.currency !== news.currency) return 'MISMATCH';
    const { providerPaymentId } = news;
    const { count } = await tx.payment.updateMany({
      where: { id: found.id, OR: [{ providerPaymentId: null }, { providerPaymentId }] },
      data: { providerPaymentId },
    });
    // The provider made a second payment of one that was asked for: its money may have been taken twice.
    if (count === 0) return 'MISMATCH';
    return record(tx, subscription, found.id, {
      status: news.status,
      failure: news.failure,
      at: news.occurredAt,
    });
  }

  /** Under the lock of the subscription: reads the payment again, for it may have been settled while we waited. */
  async function record(
    tx: Transaction,
    subscription: SubscriptionWithPlan,
    paymentId: string,
    told: { status: PaymentStatus; failure: string | null; at: Date },
  ): Promise<Outcome> {
    const known = await tx.payment.findUniqueOrThrow({ where: { id: paymentId } });
    const status = settledStatus(known.status, told.status);
    if (status === known.status) return 'NOTHING_NEW';
    const isCaptured = status === 'CAPTURED';
    const payment = await tx.payment.update({
      where: { id: paymentId },
      data: { status, settledAt: told.at, failure: isCaptured ? null : (told.failure ?? 'other') },
    });
    await announce(tx, subscription, payment, told.at);
    if (isCaptured) return captured(tx, subscription, payment, told.at);
    await failed(tx, subscription, payment, told.at);
    return 'APPLIED';
  }

  /** Money buys the period it was asked for, even when it was given up meanwhile; money that can buy nothing is owed back. */
  async function captured(
    tx: Transaction,
    subscription: SubscriptionWithPlan,
    payment: Payment,
    at: Date,
  ): Promise<Outcome> {
    const isNewPeriod = payment.periodIndex > (subscription.periodIndex ?? -1);
    const isRevivable = subscription.status === 'FAILED' && !(await hasOtherLive(tx, subscription));
    if (isNewPeriod && (isLive(subscription.status) || isRevivable)) {
      await lifecycle.activate(tx, subscription, payment, at);
      return 'APPLIED';
    }
    await tx.payment.update({ where: { id: payment.id }, data: { owedBackAt: at } });
    return 'OWED_BACK';
  }

  /** The first payment decides the purchase; a renewal is tried again for some days before it ends the subscription. */
  async function failed(tx: Transaction, subscription: SubscriptionWithPlan, payment: Payment, at: Date) {
    const { id, status, cancelsAtPeriodEnd } = subscription;
    const isPaidOtherwise = payment.periodIndex <= (subscription.periodIndex ?? -1);
    if (!isLive(status) || isPaidOtherwise) return;
    const paymentFailure = payment.failure;
    await tx.subscription.update({ where: { id }, data: { paymentFailure } });
    if (status === 'PENDING') {
      await tx.subscription.update({ where: { id }, data: { status: 'FAILED', endedAt: at } });
      return;
    }
    const nextStepAt = cancelsAtPeriodEnd ? null : nextAttemptAt(payment.attempt, at);
    if (!nextStepAt) await lifecycle.end(tx, subscription, 'FAILED', at);
    else await tx.subscription.update({ where: { id }, data: { status: 'PAST_DUE', nextStepAt } });
  }

  async function announce(tx: Transaction, subscription: SubscriptionWithPlan, payment: Payment, at: Date) {
    const userId = userIds.encode(subscription.userId);
    const data = {
      paymentId: paymentIds.encode(payment.id),
      subscriptionId: subscriptionIds.encode(subscription.id),
      userId,
      amountMinor: payment.amountMinor.toString(),
      currency: payment.currency,
    };
    if (payment.status === 'CAPTURED') {
      const captured = { ...data, capturedAt: at.toISOString() };
      await outbox.publish(tx, { type: 'payment.captured', key: userId, data: captured });
    } else {
      const failed = { ...data, reason: payment.failure ?? 'other', failedAt: at.toISOString() };
      await outbox.publish(tx, { type: 'payment.failed', key: userId, data: failed });
    }
  }

  return { begin, request, settle };
}
