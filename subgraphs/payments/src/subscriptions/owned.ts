import { AppError } from '@diaspora/kit';
import type { Transaction } from '../database.js';
import type { Method } from '../payment-methods/index.js';
import { lockSubscription, type SubscriptionWithPlan } from './lifecycle.js';

/** The person's own subscription, under its lock. Another person's looks like none. */
export async function lockOwn(tx: Transaction, userId: string, id: string): Promise<SubscriptionWithPlan> {
  const subscription = await lockSubscription(tx, id);
  if (subscription?.userId !== userId)
    throw new AppError('NOT_FOUND', 'There is no such subscription.', { path: ['subscriptionId'] });
  return subscription;
}

/** Those of the subscriptions that are being paid for. */
export async function paymentsUnderWay(
  tx: Transaction,
  subscriptionIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const payments = await tx.payment.findMany({
    where: { subscriptionId: { in: [...subscriptionIds] }, status: { in: ['CREATED', 'AUTHORISED'] } },
    select: { subscriptionId: true },
  });
  return new Set(payments.map(({ subscriptionId }) => subscriptionId!));
}

/** Money asked for may come in: what it would buy is not changed meanwhile. */
export async function assertNoPaymentUnderWay(tx: Transaction, subscriptionId: string): Promise<void> {
  if ((await paymentsUnderWay(tx, [subscriptionId])).size > 0)
    throw new AppError('PAYMENT_UNDER_WAY', 'A payment is under way. Try again when it has ended.');
}

export const notInThisState = (message: string) => new AppError('SUBSCRIPTION_STATE', message);

/** A method as a subscription keeps it. */
export const chargedBy = ({ provider, token: paymentToken, paymentMethodId }: Method) => ({
  provider,
  paymentToken,
  paymentMethodId,
});
