import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { addJob, type Clock } from '@diaspora/kit';
import type { SandboxPayment } from '../../__generated__/prisma/client.js';
import type { Db, Transaction } from '../../database.js';
import { disputeSandboxPayment, settleSandboxPayment } from '../../jobs.js';
import { PaymentRefused, type PaymentRequest } from '../provider.js';
import type { Books } from './books.js';
import { behaviourOf, type Behaviour } from './cards.js';

/** How much later than its outcome a badly reported payment's creation is told. */
const lateByMs = 2_000;
/** How long the payer's bank takes to dispute a payment, and then to decide. */
const disputeAfterMs = 3_000;

/** Charges of the sandbox: made at once, decided later. */
export function createSandboxPayments({ db, clock, books }: { db: Db; clock: Clock; books: Books }) {
  async function create(request: PaymentRequest): Promise<{ providerPaymentId: string }> {
    const behaviour = behaviourOf(request.token);
    if (!behaviour) throw new PaymentRefused('no such payment method');
    const { idempotencyKey, amountMinor, currency, token, customer, reference } = request;
    const terms = { amountMinor, currency, token, customer, reference };
    const made = await db.$transaction(async (tx) => {
      const [created] = await tx.sandboxPayment.createManyAndReturn({
        data: [{ id: `sbx_pay_${randomUUID()}`, idempotencyKey, ...terms, createdAt: clock.now() }],
        skipDuplicates: true,
      });
      if (created) await begin(tx, created, behaviour);
      return { isNew: created !== undefined, id: created?.id ?? (await repeated(tx, idempotencyKey, terms)) };
    });
    if (made.isNew && behaviour.answersAfterMs > 0)
      await pause(behaviour.answersAfterMs, undefined, { ref: false });
    return { providerPaymentId: made.id };
  }

  async function begin(tx: Transaction, payment: SandboxPayment, behaviour: Behaviour): Promise<void> {
    const { settlesAfterMs, isReportedBadly } = behaviour;
    if (settlesAfterMs !== null)
      await addJob(
        tx,
        settleSandboxPayment,
        { paymentId: payment.id },
        { runAt: books.after(settlesAfterMs) },
      );
    const afterMs = isReportedBadly ? (settlesAfterMs ?? 0) + lateByMs : 0;
    await books.tell(tx, books.aboutPayment('payment.created', payment), { afterMs });
  }

  async function repeated(
    tx: Transaction,
    idempotencyKey: string,
    terms: Pick<PaymentRequest, 'amountMinor' | 'currency' | 'token' | 'customer' | 'reference'>,
  ): Promise<string> {
    const known = await tx.sandboxPayment.findFirst({ where: { idempotencyKey, ...terms } });
    if (!known) throw new PaymentRefused('this idempotency key was used for another payment');
    return known.id;
  }

  /** The job that decides a payment, once. */
  async function settle({ paymentId }: { paymentId: string }): Promise<void> {
    await db.$transaction(async (tx) => {
      const payment = await tx.sandboxPayment.findUniqueOrThrow({ where: { id: paymentId } });
      const behaviour = behaviourOf(payment.token);
      if (!behaviour) throw new Error(`The sandbox does not know the token ${payment.token}`);
      const isCaptured = await decide(tx, payment, behaviour);
      const { count } = await tx.sandboxPayment.updateMany({
        where: { id: paymentId, status: 'PROCESSING' },
        data: { status: isCaptured ? 'CAPTURED' : 'FAILED' },
      });
      if (count === 0) return;
      const type = isCaptured ? 'payment.captured' : 'payment.failed';
      const times = behaviour.isReportedBadly ? 2 : 1;
      await books.tell(tx, books.aboutPayment(type, payment), { times });
      if (!isCaptured || !behaviour.dispute) return;
      await addJob(
        tx,
        disputeSandboxPayment,
        { paymentId, status: 'OPEN' },
        { runAt: books.after(disputeAfterMs) },
      );
    });
  }

  /** What nobody decided yet fails. */
  const cancel = ({ providerPaymentId: id }: { providerPaymentId: string }) =>
    db.$transaction(async (tx): Promise<'CANCELLED' | 'TOO_LATE'> => {
      const [payment] = await tx.sandboxPayment.updateManyAndReturn({
        where: { id, status: 'PROCESSING' },
        data: { status: 'FAILED' },
      });
      if (payment) await books.tell(tx, books.aboutPayment('payment.failed', payment, 'cancelled'));
      const known = payment ?? (await tx.sandboxPayment.findUnique({ where: { id } }));
      if (!known) throw new PaymentRefused('no payment of this id');
      return known.status === 'FAILED' ? 'CANCELLED' : 'TOO_LATE';
    });

  const decide = async (
    tx: Transaction,
    { customer }: SandboxPayment,
    behaviour: Behaviour,
  ): Promise<boolean> =>
    behaviour.isCaptured(await tx.sandboxPayment.count({ where: { customer, status: 'CAPTURED' } }));

  /** The jobs of the payer's bank: it takes a captured payment back, and decides later whether for good. */
  async function dispute({
    paymentId,
    status,
  }: {
    paymentId: string;
    status: 'OPEN' | 'CLOSED';
  }): Promise<void> {
    await db.$transaction(async (tx) => {
      const from =
        status === 'OPEN' ? { disputedAt: null } : { disputedAt: { not: null }, isDisputeClosed: false };
      const data = status === 'OPEN' ? { disputedAt: clock.now() } : { isDisputeClosed: true };
      const [payment] = await tx.sandboxPayment.updateManyAndReturn({
        where: { id: paymentId, ...from },
        data,
      });
      if (!payment?.disputedAt) return;
      const openedAt = payment.disputedAt;
      if (status === 'CLOSED') {
        const end = behaviourOf(payment.token)?.dispute ?? 'LOST';
        await books.tell(tx, books.aboutDispute('dispute.closed', payment, { status: end, openedAt }));
        return;
      }
      await books.tell(tx, books.aboutDispute('payment.disputed', payment, { status, openedAt }));
      const runAt = books.after(disputeAfterMs);
      await addJob(tx, disputeSandboxPayment, { paymentId, status: 'CLOSED' }, { runAt });
    });
  }

  return { create, cancel, settle, dispute };
}
