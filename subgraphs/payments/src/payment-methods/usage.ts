import { AppError } from '@diaspora/kit';
import type { Transaction } from '../database.js';

/**
 * What will be charged or is being charged is not taken away under it: another card would be a surprise, and none an
 * unpaid bill. The caller holds the lock on the method, which whoever begins to use it needs too.
 */
export async function assertUnused(tx: Transaction, paymentMethodId: string): Promise<void> {
  const underWay = await tx.payment.count({
    where: { paymentMethodId, status: { in: ['CREATED', 'AUTHORISED'] } },
  });
  if (underWay > 0) throw inUse('A payment with it is under way. Remove it when that has ended.');
  const charged = await tx.subscription.count({
    where: { paymentMethodId, endedAt: null, cancelsAtPeriodEnd: false },
  });
  if (charged > 0) throw inUse('Your subscription is charged to it. Choose another one for it first.');
}

const inUse = (message: string) =>
  new AppError('PAYMENT_METHOD_IN_USE', message, { path: ['paymentMethodId'] });
