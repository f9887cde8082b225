import { AppError, dayMs, type Clock } from '@diaspora/kit';
import type { Transaction } from '../database.js';

const mostDeclines = 20;
const windowMs = dayMs;
/** No bank said no to these: nobody answered, or nobody asked. */
const ownFailures = ['cancelled', 'replaced', 'not_wanted', 'not_acknowledged'];

/**
 * Whoever tries stolen card numbers has many of them declined: nobody who pays with their own comes near. Throws AppError
 * RATE_LIMITED.
 */
export async function assertFewDeclines(
  tx: Transaction,
  userId: string,
  { clock }: { clock: Clock },
): Promise<void> {
  const since = { gt: new Date(clock.now().getTime() - windowMs) };
  const [payments, methods] = [
    await tx.payment.count({
      where: {
        ...{ userId, status: 'FAILED', isPayerPresent: true, createdAt: since },
        failure: { notIn: [...ownFailures] },
      },
    }),
    await tx.paymentMethod.count({ where: { userId, status: 'FAILED', createdAt: since } }),
  ];
  if (payments + methods >= mostDeclines)
    throw new AppError('RATE_LIMITED', 'Too many payments were declined today. Try again tomorrow.');
}
