import { AppError } from '@diaspora/kit';
import type { Transaction } from '../database.js';
import { lockSubscription, type SubscriptionWithPlan } from './lifecycle.js';

/** The person's own subscription, under its lock. Another person's looks like none. */
export async function lockOwn(tx: Transaction, userId: string, id: string): Promise<SubscriptionWithPlan> {
  const subscription = await lockSubscription(tx, id);
  if (subscription?.userId !== userId)
    throw new AppError('NOT_FOUND', 'There is no such subscription.', { path: ['subscriptionId'] });
  return subscription;
}

export const isPaymentUnderWay = async (tx: Transaction, subscriptionId: string): Promise<boolean> =>
  (await tx.payment.count({ where: { subscriptionId, status: { in: ['CREATED', 'AUTHORISED'] } } })) > 0;

/** Money asked for may come in: what it would buy is not changed meanwhile. */
export async function assertNoPaymentUnderWay(tx: Transaction, subscriptionId: string): Promise<void> {
  if (await isPaymentUnderWay(tx, subscriptionId))
    throw new AppError('PAYMENT_UNDER_WAY', 'A payment is under way. Try again when it has ended.');
}

export const notInThisState = (message: string) => new AppError('SUBSCRIPTION_STATE', message);
