import { randomUUID } from 'node:crypto';
import { addJob, type Clock } from '@diaspora/kit';
import type { SandboxPayment, SandboxRefund } from '../../__generated__/prisma/client.js';
import type { Db, Transaction } from '../../database.js';
import { deliverSandboxEvent } from '../../jobs.js';
import { listedEvent } from '../provider.js';
import {
  readEvent,
  writeEvent,
  type DisputeEventType,
  type PaymentEventType,
  type RefundEventType,
  type SandboxEventType,
  type SandboxObject,
} from './events.js';

export type Books = ReturnType<typeof createBooks>;

const pageSize = 100;
/** What the sandbox keeps of each payment: 2.9 percent. */
const feePerMille = 29n;

/** The sandbox's events: written down with what they tell of, delivered by jobs. */
export function createBooks({ db, clock }: { db: Db; clock: Clock }) {
  const after = (milliseconds: number) => new Date(clock.now().getTime() + milliseconds);

  /** Writes an event and the jobs that deliver it. */
  async function tell(
    tx: Transaction,
    event: { type: SandboxEventType; paymentId: string; object: SandboxObject },
    { afterMs = 0, times = 1 } = {},
  ): Promise<void> {
    const { type, paymentId, object } = event;
    const id = `sbx_evt_${randomUUID()}`;
    const createdAt = clock.now();
    const body = writeEvent({ id, type, at: createdAt }, object);
    await tx.sandboxEvent.create({ data: { id, type, paymentId, body, createdAt } });
    for (let told = 0; told < times; told += 1)
      await addJob(tx, deliverSandboxEvent, { eventId: id }, { runAt: after(afterMs) });
  }

  const aboutPayment = (type: PaymentEventType, payment: SandboxPayment, failure = 'card_declined') => ({
    type,
    paymentId: payment.id,
    object: {
      ...base(payment, payment.amountMinor),
      id: payment.id,
      object: 'payment' as const,
      failure_code: type === 'payment.failed' ? failure : null,
      fee: type === 'payment.captured' ? ((payment.amountMinor * feePerMille) / 1_000n).toString() : null,
    },
  });

  const aboutRefund = (type: RefundEventType, payment: SandboxPayment, refund: SandboxRefund) => ({
    type,
    paymentId: payment.id,
    object: {
      ...base(payment, refund.amountMinor),
      id: refund.id,
      object: 'refund' as const,
      payment: payment.id,
      failure_code: type === 'refund.failed' ? 'returned_by_bank' : null,
      metadata: { reference: payment.reference, refundReference: refund.reference },
    },
  });

  const aboutDispute = (
    type: DisputeEventType,
    payment: SandboxPayment,
    dispute: { status: 'OPEN' | 'WON' | 'LOST'; openedAt: Date },
  ) => ({
    type,
    paymentId: payment.id,
    object: {
      ...base(payment, payment.amountMinor),
      id: payment.id.replace('pay', 'dsp'),
      object: 'dispute' as const,
      payment: payment.id,
      reason: 'fraudulent',
      status: dispute.status,
      created: Math.floor(dispute.openedAt.getTime() / 1_000),
    },
  });

  async function* eventsSince(since: Date) {
    let cursor: string | undefined;
    for (;;) {
      const page = await db.sandboxEvent.findMany({
        where: { createdAt: { gte: since } },
        orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
        take: pageSize,
        ...(cursor && { cursor: { id: cursor }, skip: 1 }),
      });
      for (const { body } of page) yield listedEvent(body, since, readEvent);
      cursor = page.at(-1)?.id;
      if (page.length < pageSize) return;
    }
  }

  return { after, tell, aboutPayment, aboutRefund, aboutDispute, eventsSince };
}

const base = ({ currency, reference }: SandboxPayment, amountMinor: bigint) => ({
  amount: amountMinor.toString(),
  currency,
  metadata: { reference },
});
