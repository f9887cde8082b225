import { randomUUID } from 'node:crypto';
import { addJob, type Clock } from '@diaspora/kit';
import type { SandboxPayment, SandboxRefund } from '../../__generated__/prisma/client.js';
import type { Db, Transaction } from '../../database.js';
import { returnSandboxRefund } from '../../jobs.js';
import { PaymentRefused, type RefundRequest } from '../provider.js';
import type { Books } from './books.js';
import { behaviourOf } from './cards.js';

/** How long the payer's bank takes to send a refund back. */
const returnedAfterMs = 5_000;

/** Refunds of the sandbox: never more than was captured, even of parallel calls. */
export function createSandboxRefunds({ db, clock, books }: { db: Db; clock: Clock; books: Books }) {
  const create = (request: RefundRequest): Promise<{ providerRefundId: string }> =>
    db.$transaction(async (tx) => {
      const payment = await lockPayment(tx, request.providerPaymentId);
      const { idempotencyKey, amountMinor, reference, currency } = request;
      const known = await tx.sandboxRefund.findUnique({ where: { idempotencyKey } });
      if (known) return repeated(known, request);
      if (currency !== payment.currency || amountMinor <= 0n)
        throw new PaymentRefused('not the money of the payment');
      if (amountMinor > (await refundable(tx, payment))) throw new PaymentRefused('more than is left');
      const refund = await tx.sandboxRefund.create({
        data: {
          id: `sbx_ref_${randomUUID()}`,
          idempotencyKey,
          paymentId: payment.id,
          amountMinor,
          reference,
          createdAt: clock.now(),
        },
      });
      await books.tell(tx, books.aboutRefund('payment.refunded', payment, refund));
      if (behaviourOf(payment.token)?.returnsRefunds) {
        const runAt = books.after(returnedAfterMs);
        await addJob(tx, returnSandboxRefund, { refundId: refund.id }, { runAt });
      }
      return { providerRefundId: refund.id };
    });

  async function lockPayment(tx: Transaction, id: string): Promise<SandboxPayment> {
    await tx.$executeRaw`SELECT 1 FROM sandbox_payments WHERE id = ${id} FOR UPDATE`;
    const payment = await tx.sandboxPayment.findUnique({ where: { id } });
    if (payment?.status !== 'CAPTURED') throw new PaymentRefused('no captured payment of this id');
    return payment;
  }

  async function refundable(tx: Transaction, { id, amountMinor }: SandboxPayment): Promise<bigint> {
    const gone = await tx.sandboxRefund.aggregate({
      where: { paymentId: id, isFailed: false },
      _sum: { amountMinor: true },
    });
    return amountMinor - (gone._sum.amountMinor ?? 0n);
  }

  /** The job of the payer's bank: the money comes back. */
  async function comeBack({ refundId }: { refundId: string }): Promise<void> {
    await db.$transaction(async (tx) => {
      const [refund] = await tx.sandboxRefund.updateManyAndReturn({
        where: { id: refundId, isFailed: false },
        data: { isFailed: true },
      });
      if (!refund) return;
      const payment = await tx.sandboxPayment.findUniqueOrThrow({ where: { id: refund.paymentId } });
      await books.tell(tx, books.aboutRefund('refund.failed', payment, refund));
    });
  }

  return { create, comeBack };
}

function repeated(known: SandboxRefund, { providerPaymentId, amountMinor }: RefundRequest) {
  if (known.paymentId === providerPaymentId && known.amountMinor === amountMinor)
    return { providerRefundId: known.id };
  throw new PaymentRefused('this idempotency key was used for another refund');
}
