import { addJob, type Clock, type Logger } from '@diaspora/kit';
import type { Payment } from '../__generated__/prisma/client.js';
import type { Db, Transaction } from '../database.js';
import { readPaymentFee } from '../jobs.js';
import type { Providers } from '../providers/index.js';
import { lockPayment } from './locking.js';
import type { Purposes } from './purpose.js';
import type { Telling } from './telling.js';

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
  readonly providers: Providers;
  readonly purposes: Purposes;
  readonly telling: Telling;
}

/** What providers keep of payments, where their events do not say it: they are asked, by a job. */
export function createFees({ db, clock, log, providers, purposes, telling }: Dependencies) {
  async function askLater(tx: Transaction, { id, provider, feeMinor }: Payment): Promise<void> {
    if (feeMinor !== null || !providers.named(provider).readFee) return;
    await addJob(tx, readPaymentFee, { paymentId: id }, { jobKey: `read-payment-fee:${id}` });
  }

  /** The job. One that the provider has not booked yet is asked for again, later. */
  async function ask({ paymentId }: { paymentId: string }): Promise<void> {
    const payment = await db.payment.findUniqueOrThrow({ where: { id: paymentId } });
    const { provider, providerPaymentId, currency, feeMinor } = payment;
    if (feeMinor !== null || providerPaymentId === null) return;
    const told = await providers.named(provider).readFee?.({ providerPaymentId, currency });
    if (told?.status === 'NOT_YET') throw new Error(`The fee of payment ${paymentId} is not booked yet.`);
    if (told?.status === 'KNOWN') await db.$transaction((tx) => note(tx, payment, told.feeMinor));
    else log.warn({ paymentId, provider }, 'a fee in another currency than its payment is not booked');
  }

  async function note(tx: Transaction, known: Payment, feeMinor: bigint): Promise<void> {
    const payment = await lockPayment(tx, purposes, known);
    if (payment.feeMinor !== null) return;
    const noted = await tx.payment.update({ where: { id: payment.id }, data: { feeMinor } });
    await telling.fee(tx, noted, feeMinor, clock.now());
    await telling.documentAll(tx);
  }

  return { askLater, ask };
}
