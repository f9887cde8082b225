import { randomUUID } from 'node:crypto';
import { addJob, AppError, type Clock } from '@diaspora/kit';
import type { SandboxPayment } from '../../__generated__/prisma/client.js';
import type { Db, Transaction } from '../../database.js';
import { deliverSandboxEvent, settleSandboxPayment } from '../../jobs.js';
import { PaymentRefused, WebhookRefused, type PaymentProvider, type PaymentRequest } from '../provider.js';
import { signPayload, verifySignature } from '../signature.js';
import { behaviourOf, tokenOfCard, type Behaviour } from './cards.js';
import { interpretEvent, readEvent, writeEvent, type SandboxEventType } from './events.js';

export type Sandbox = ReturnType<typeof createSandbox>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly webhookUrl: string;
  readonly webhookSecret: string;
}

export const signatureHeader = 'sandbox-signature';

const deliveryTimeoutMs = 10_000;
/** How much later than its outcome a badly reported payment's creation is told. */
const lateByMs = 2_000;
const pageSize = 100;

/**
 * The embedded provider: keeps its own books, decides payments later, and tells by signed webhooks that are tried again
 * until they are taken. It shares a database with this subgraph and nothing else.
 */
export function createSandbox({ db, clock, webhookUrl, webhookSecret }: Dependencies) {
  const after = (milliseconds: number) => new Date(clock.now().getTime() + milliseconds);

  async function createPayment(request: PaymentRequest): Promise<{ providerPaymentId: string }> {
    const behaviour = behaviourOf(request.token);
    if (!behaviour) throw new PaymentRefused('no such payment method');
    const { idempotencyKey, amountMinor, currency, token, customer, reference } = request;
    const terms = { amountMinor, currency, token, customer, reference };
    return db.$transaction(async (tx) => {
      const [created] = await tx.sandboxPayment.createManyAndReturn({
        data: [{ id: `sbx_pay_${randomUUID()}`, idempotencyKey, ...terms, createdAt: clock.now() }],
        skipDuplicates: true,
      });
      if (!created) return { providerPaymentId: await repeatedPayment(tx, idempotencyKey, terms) };
      const createdEventId = await record(tx, 'payment.created', created, null);
      await addJob(
        tx,
        settleSandboxPayment,
        { paymentId: created.id },
        { runAt: after(behaviour.settlesAfterMs) },
      );
      const tellsAfterMs = behaviour.isReportedBadly ? behaviour.settlesAfterMs + lateByMs : 0;
      await addJob(tx, deliverSandboxEvent, { eventId: createdEventId }, { runAt: after(tellsAfterMs) });
      return { providerPaymentId: created.id };
    });
  }

  async function repeatedPayment(
    tx: Transaction,
    idempotencyKey: string,
    terms: Omit<PaymentRequest, 'idempotencyKey'>,
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
      const eventId = await record(tx, type, payment, isCaptured ? null : 'card_declined');
      await addJob(tx, deliverSandboxEvent, { eventId });
      if (behaviour.isReportedBadly) await addJob(tx, deliverSandboxEvent, { eventId });
    });
  }

  const decide = async (
    tx: Transaction,
    { customer }: SandboxPayment,
    behaviour: Behaviour,
  ): Promise<boolean> =>
    behaviour.isCaptured(await tx.sandboxPayment.count({ where: { customer, status: 'CAPTURED' } }));

  async function record(
    tx: Transaction,
    type: SandboxEventType,
    payment: SandboxPayment,
    failure: string | null,
  ): Promise<string> {
    const event = { id: `sbx_evt_${randomUUID()}`, type, at: clock.now(), failure };
    await tx.sandboxEvent.create({
      data: {
        id: event.id,
        type,
        paymentId: payment.id,
        body: writeEvent(event, payment),
        createdAt: event.at,
      },
    });
    return event.id;
  }

  /** The job that calls the webhook; anything but a 2xx answer in time is tried again. */
  async function deliver({ eventId }: { eventId: string }): Promise<void> {
    const { body } = await db.sandboxEvent.findUniqueOrThrow({ where: { id: eventId } });
    const response = await fetch(webhookUrl, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        [signatureHeader]: signPayload(body, { secret: webhookSecret, at: clock.now() }),
      },
      body,
      signal: AbortSignal.timeout(deliveryTimeoutMs),
    });
    await response.body?.cancel();
    if (!response.ok) throw new Error(`The webhook answered ${response.status}`);
  }

  const provider: PaymentProvider = {
    name: 'sandbox',
    createPayment,
    accept: ({ sandboxCard }) => {
      if (!sandboxCard) return undefined;
      const token = tokenOfCard(sandboxCard.number);
      if (token) return token;
      throw new AppError('INVALID_INPUT', 'The sandbox takes its test cards only.', {
        path: ['paymentMethod', 'sandboxCard', 'number'],
      });
    },
    verifyWebhook: (rawBody, headers) => {
      verifySignature(rawBody, headers[signatureHeader], { secret: webhookSecret, now: clock.now() });
      try {
        return readEvent(rawBody.toString('utf8'));
      } catch {
        throw new WebhookRefused('not an event');
      }
    },
    interpret: interpretEvent,
    fetchEvents: (since) => eventsSince(db, since),
  };

  return { provider, settle, deliver };
}

async function* eventsSince(db: Db, since: Date) {
  let cursor: string | undefined;
  for (;;) {
    const page = await db.sandboxEvent.findMany({
      where: { createdAt: { gte: since } },
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
      take: pageSize,
      ...(cursor && { cursor: { id: cursor }, skip: 1 }),
    });
    for (const { body } of page) yield readEvent(body);
    cursor = page.at(-1)?.id;
    if (page.length < pageSize) return;
  }
}
