import { addJobs, type Clock } from '@diaspora/kit';
import type { Payment } from '../__generated__/prisma/client.js';
import type { Transaction } from '../database.js';
import { paymentIds } from '../ids.js';
import { requestPayment } from '../jobs.js';
import type { PaidFor } from './purpose.js';

export interface Charge {
  readonly paidFor: PaidFor;
  /** Who pays. */
  readonly userId: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly provider: string;
  /** What the provider knows the payment method by. */
  readonly token: string;
  /** Key of the saved method that it is; null or absent for one given for this once. */
  readonly paymentMethodId?: string | null;
  /** Of the job that asks for it: higher numbers wait for lower ones. */
  readonly priority?: number;
  /** Whether the payer is here and can answer what their bank asks; false unless given. */
  readonly isPayerPresent?: boolean;
  /** Whether the method will be charged again when the payer is not here; false unless given. */
  readonly isRepeated?: boolean;
}

/** Payments before anybody was asked for them. */
export function createBeginning({ clock }: { clock: Clock }) {
  /** Returns the payment's key. */
  async function begin(tx: Transaction, charge: Charge): Promise<string> {
    const [id] = await beginAll(tx, [charge]);
    return id!;
  }

  /**
   * Writes down payments and the jobs that ask for them, so that neither a crash nor a repetition loses or doubles one.
   * The caller holds the locks of what they are for, each once. Returns their keys.
   */
  async function beginAll(tx: Transaction, charges: readonly Charge[]): Promise<string[]> {
    const before = await tx.payment.findMany({
      where: { OR: charges.map(({ paidFor }) => paidFor) },
      select: { subscriptionId: true, orderId: true },
    });
    const createdAt = clock.now();
    const payments = charges.map(({ paidFor, priority: _priority, ...charge }) => {
      const attempt = before.filter((payment) => isFor(payment, paidFor)).length + 1;
      return { ...charge, ...paidFor, id: paymentIds.create(), attempt, createdAt };
    });
    await tx.payment.createMany({ data: payments });
    const jobs = payments.map(({ id: paymentId }, at) => ({
      payload: { paymentId },
      options: { jobKey: `request-payment:${paymentId}`, priority: charges[at]!.priority ?? 0 },
    }));
    await addJobs(tx, requestPayment, jobs);
    return payments.map(({ id }) => id);
  }

  return { begin, beginAll };
}

const isFor = (payment: Pick<Payment, 'subscriptionId' | 'orderId'>, paidFor: PaidFor): boolean =>
  'orderId' in paidFor
    ? payment.orderId === paidFor.orderId
    : payment.subscriptionId === paidFor.subscriptionId;
