import { AppError, type Clock } from '@diaspora/kit';
import type { Db } from '../../database.js';
import { PaymentRefused, WebhookRefused, type PaymentProvider } from '../provider.js';
import { signPayload, verifySignature } from '../signature.js';
import { createBooks } from './books.js';
import { detailsOfToken, tokenOfCard } from './cards.js';
import { interpretEvent, readEvent } from './events.js';
import { createSandboxPayments } from './payments.js';
import { createSandboxRefunds } from './refunds.js';

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly webhookUrl: string;
  readonly webhookSecret: string;
}

export const signatureHeader = 'sandbox-signature';

const deliveryTimeoutMs = 10_000;

/**
 * The embedded provider: keeps its own books, decides payments later, and tells by signed webhooks that are tried again
 * until they are taken. It shares a database with this subgraph and nothing else.
 */
export function createSandbox({ db, clock, webhookUrl, webhookSecret }: Dependencies) {
  const books = createBooks({ db, clock });
  const payments = createSandboxPayments({ db, clock, books });
  const refunds = createSandboxRefunds({ db, clock, books });

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
    takes: () => true,
    keysLastMs: Number.MAX_SAFE_INTEGER / 2,
    createPayment: payments.create,
    cancelPayment: payments.cancel,
    createRefund: refunds.create,
    accept: ({ sandboxCard }) => {
      if (!sandboxCard) return undefined;
      const token = tokenOfCard(sandboxCard.number);
      if (token) return token;
      throw new AppError('INVALID_INPUT', 'The sandbox takes its test cards only.', {
        path: ['paymentMethod', 'sandboxCard', 'number'],
      });
    },
    saveMethod: async ({ token }) => {
      const details = detailsOfToken(token);
      return details ? { status: 'ACTIVE', token, details } : { status: 'FAILED', failure: 'no_such_method' };
    },
    completeMethod: async () => {
      throw new PaymentRefused('the sandbox asks its payers nothing');
    },
    forgetMethod: async () => undefined,
    verifyWebhook: async (rawBody, headers) => {
      verifySignature(rawBody, headers[signatureHeader], { secret: webhookSecret, now: clock.now() });
      try {
        return readEvent(rawBody.toString('utf8'));
      } catch {
        throw new WebhookRefused('not an event');
      }
    },
    interpret: interpretEvent,
    fetchEvents: books.eventsSince,
  };

  const { settle, dispute } = payments;
  return { provider, settle, dispute, comeBack: refunds.comeBack, deliver };
}
