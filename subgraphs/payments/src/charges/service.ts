import { addJob, dayMs, hourMs, minuteMs, type Clock, type Logger, type Outbox } from '@diaspora/kit';
import type { Payment, PaymentStatus } from '../__generated__/prisma/client.js';
import { Prisma, type Db, type Transaction } from '../database.js';
import { paymentIds } from '../ids.js';
import { capturePayment } from '../jobs.js';
import type { PaymentsMessages } from '../messages.js';
import type { MoneyNews, PaymentNews, Providers } from '../providers/index.js';
import { createAsking } from './asking.js';
import { createBeginning } from './beginning.js';
import type { Customers } from './customers.js';
import { createDisputes } from './disputes.js';
import { createFees } from './fees.js';
import { lockPayment } from './locking.js';
import { createOwedBack } from './owed-back.js';
import type { MovementDocument, MovementListener, Outcome, Purposes } from './purpose.js';
import { createRefunds } from './refunds.js';
import { settledStatus } from './rules.js';
import { createTelling } from './telling.js';

export type Charges = ReturnType<typeof createCharges>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
  readonly outbox: Outbox<PaymentsMessages>;
  readonly providers: Providers;
  readonly customers: Customers;
  readonly purposes: Purposes;
  readonly listeners: readonly MovementListener[];
  readonly documents: readonly MovementDocument[];
}

const batchSize = 500;
/** What no provider acknowledged for this long is asked for again. */
const unacknowledgedMs = hourMs;
/** How long a payer has to answer what is asked of them, as long as places are held for them. */
const answerMs = 15 * minuteMs;
/** A payment that a provider works on for longer than this is nothing that a payer answers. */
const patienceMs = 7 * dayMs;

/** Money from the wish to the purse, and back: begun by jobs that may be repeated, settled by what providers report. */
export function createCharges(dependencies: Dependencies) {
  const { db, clock, log, outbox, providers, customers, purposes, listeners, documents } = dependencies;
  const telling = createTelling({ outbox, purposes, listeners, documents });
  const refunds = createRefunds({ db, clock, log, providers, purposes, telling });
  const disputes = createDisputes({ telling });
  const fees = createFees({ db, clock, log, providers, purposes, telling });
  const owedBack = createOwedBack({ db, clock, log, refunds });
  const asking = createAsking({ db, clock, log, providers, customers, purposes, fail });

  /** Applies what a provider reports, whatever came before and however often. */
  async function settle(tx: Transaction, provider: string, news: MoneyNews): Promise<Outcome> {
    const outcome = await apply(tx, provider, news);
    await telling.documentAll(tx);
    return outcome;
  }

  async function apply(tx: Transaction, provider: string, news: MoneyNews): Promise<Outcome> {
    const found = await find(tx, provider, news);
    if (!found) return 'UNKNOWN_PAYMENT';
    const payment = await lockPayment(tx, purposes, found);
    if (!(await belongs(tx, payment, news))) return 'MISMATCH';
    if (news.kind === 'refund') return refunds.settle(tx, payment, news);
    if (news.kind === 'dispute') return disputes.settle(tx, payment, news);
    if (payment.amountMinor !== news.amountMinor) return 'MISMATCH';
    if (news.needsCapture) await addCapture(tx, payment);
    return record(tx, payment, news);
  }

  async function find(tx: Transaction, provider: string, news: MoneyNews): Promise<Payment | null> {
    const { reference, providerPaymentId } = news;
    const id = reference === null ? null : paymentIds.find(reference);
    if (id !== null) return tx.payment.findFirst({ where: { provider, id } });
    if (reference !== null || providerPaymentId === null) return null;
    return tx.payment.findFirst({ where: { provider, providerPaymentId } });
  }

  const addCapture = (tx: Transaction, { id, status }: Payment) =>
    status === 'CREATED' || status === 'AUTHORISED'
      ? addJob(tx, capturePayment, { paymentId: id }, { jobKey: `capture-payment:${id}` })
      : null;

  /** False when the provider made a second payment of one that was asked for: its money may have been taken twice. */
  async function belongs(tx: Transaction, payment: Payment, news: MoneyNews): Promise<boolean> {
    const { providerPaymentId, currency } = news;
    if (payment.currency !== currency) return false;
    if (providerPaymentId === null) return true;
    const { count } = await tx.payment.updateMany({
      where: { id: payment.id, OR: [{ providerPaymentId: null }, { providerPaymentId }] },
      data: { providerPaymentId },
    });
    return count > 0;
  }

  async function record(
    tx: Transaction,
    known: Payment,
    news: Pick<PaymentNews, 'status' | 'failure' | 'occurredAt'> & { readonly feeMinor?: bigint | null },
  ): Promise<Outcome> {
    const { id } = known;
    const { occurredAt: at, feeMinor = null } = news;
    const status = settledStatus(known.status, news.status);
    const isNewFee = feeMinor !== null && known.feeMinor === null;
    if (status === known.status && !isNewFee) return 'NOTHING_NEW';
    const payment = await tx.payment.update({
      where: { id },
      data: { ...(isNewFee && { feeMinor }), ...(status !== known.status && settlement(news, status)) },
    });
    if (status === known.status) {
      if (status === 'CAPTURED' && isNewFee) await telling.fee(tx, payment, feeMinor, at);
      return 'APPLIED';
    }
    if (status === 'CAPTURED') return captured(tx, payment, at);
    if (status === 'FAILED') await telling.failed(tx, payment, at);
    return 'APPLIED';
  }

  /** What was told of its refunds and disputes before waits for the money itself. */
  async function captured(tx: Transaction, payment: Payment, at: Date): Promise<Outcome> {
    const outcome = await telling.captured(tx, payment, at);
    await refunds.tellAll(tx, payment);
    await disputes.tellAll(tx, payment);
    await fees.askLater(tx, payment);
    if (outcome === 'OWED_BACK') await owedBack.begin(tx, payment, at);
    return outcome;
  }

  function fail(tx: Transaction, payment: Payment, failure: string): Promise<Outcome> {
    return record(tx, payment, { status: 'FAILED', failure, occurredAt: clock.now() });
  }

  const before = (milliseconds: number) => new Date(clock.now().getTime() - milliseconds);

  /** The job behind the crontab: what jobs lost, what no payer answers, and what did not arrive. */
  async function sweep(): Promise<void> {
    const createdAt = { lt: before(unacknowledgedMs) };
    await asking.requestAgain(createdAt, batchSize);
    await asking.cancelUnanswered({ lt: before(answerMs), gt: before(patienceMs) }, batchSize);
    await refunds.requestUnacknowledged(createdAt, batchSize);
    await owedBack.requestAgain(batchSize);
  }

  return {
    ...createBeginning({ clock }),
    settle,
    sweep,
    request: asking.request,
    capture: asking.capture,
    cancel: asking.cancel,
    cancelLater: asking.cancelLater,
    insteadOf: asking.insteadOf,
    assertTakes: providers.assertTakes,
    refund: refunds.request,
    requestRefund: refunds.ask,
    askFee: fees.ask,
  };
}

function settlement(
  { occurredAt, failure }: Pick<PaymentNews, 'occurredAt' | 'failure'>,
  status: PaymentStatus,
) {
  const nextAction = Prisma.DbNull;
  if (status === 'AUTHORISED') return { status, nextAction };
  // The token is kept for as long as the provider may have to be asked.
  const reason = status === 'CAPTURED' ? null : (failure ?? 'other');
  return { status, nextAction, settledAt: occurredAt, token: '', failure: reason };
}
