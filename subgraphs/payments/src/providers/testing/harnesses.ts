import { dayMs } from '@diaspora/kit';
import Stripe from 'stripe';
import { testClock } from '@diaspora/kit/testing';
import { givenPayments, webhookSecret, cards } from '../../testing/given.js';
import { createPaypal } from '../paypal/paypal.js';
import { paypalApp, startPaypalServer } from '../paypal/testing/server.js';
import { tokenOfPages } from '../paypal/vault.js';
import type { PaymentProvider } from '../provider.js';
import { tokenOfCard } from '../sandbox/cards.js';
import { createSandbox, signatureHeader } from '../sandbox/sandbox.js';
import { signPayload } from '../signature.js';
import { createStripe } from '../stripe/stripe.js';
import { startStripeServer, stripeKey } from '../stripe/testing/server.js';
import type { Trouble } from './local-server.js';

/** A provider with everything that happens on its side. */
export interface Harness {
  readonly provider: PaymentProvider;
  readonly customerId: string | null;
  readonly tokens: Readonly<Record<'good' | 'declined' | 'disputed' | 'waiting' | 'unknown', string>>;
  /** What a method is saved by whose owner is asked first, where the provider asks. */
  readonly toSave: string;
  /** The owner agrees that a method is charged when they are away. */
  agree(setupId: string): void;
  now(): Date;
  /** Does what the provider does later. */
  work(): Promise<void>;
  loseDisputes(): Promise<void>;
  /** Bodies of all events so far, oldest first. */
  told(): Promise<string[]>;
  idOf(body: string): string;
  typeOf(body: string): string;
  sign(body: string, at: Date): Record<string, string>;
  readonly toleranceMs: number;
  failNext(trouble: Trouble): void;
  /** Requests that were not as the vendor describes its API. */
  violations(): string[];
  stop(): Promise<void>;
}

const field = (name: string) => (body: string) => (JSON.parse(body) as Record<string, string>)[name]!;

async function stripeHarness(): Promise<Harness> {
  const clock = testClock();
  const server = await startStripeServer(clock);
  const settings = { secretKey: stripeKey, webhookSecret, apiUrl: server.url };
  const { webhooks } = new Stripe('sk_test_never_used');
  return {
    provider: createStripe({ settings, clock }),
    customerId: 'cus_1',
    tokens: {
      good: 'pm_card_visa',
      declined: 'pm_card_chargeDeclined',
      disputed: 'pm_card_createDispute',
      waiting: 'pm_card_authenticationRequired',
      unknown: 'pm_nobody',
    },
    toSave: 'pm_card_authenticationRequired',
    agree: server.agree,
    now: clock.now,
    work: async () => undefined,
    loseDisputes: async () => server.lose(),
    told: async () => server.told.map((event) => JSON.stringify(event)),
    idOf: field('id'),
    typeOf: field('type'),
    sign: (payload, at) => ({
      'stripe-signature': webhooks.generateTestHeaderString({
        payload,
        secret: webhookSecret,
        timestamp: Math.floor(at.getTime() / 1_000),
      }),
    }),
    toleranceMs: 300_000,
    failNext: server.failNext,
    violations: () => server.violations.splice(0),
    stop: server.stop,
  };
}

async function paypalHarness(): Promise<Harness> {
  const clock = testClock();
  const server = await startPaypalServer(clock);
  return {
    provider: createPaypal({ settings: { ...paypalApp, apiUrl: server.url }, clock }),
    customerId: null,
    tokens: {
      good: 'vault:good',
      declined: 'vault:declined',
      disputed: 'vault:disputed',
      waiting: tokenOfPages({ returnUrl: 'https://app.example/yes', cancelUrl: 'https://app.example/no' }),
      unknown: 'vault:nobody',
    },
    toSave: tokenOfPages({ returnUrl: 'https://example.org/yes', cancelUrl: 'https://example.org/no' }),
    agree: server.agree,
    now: clock.now,
    work: async () => undefined,
    loseDisputes: async () => server.lose(),
    told: async () => server.told.map((event) => JSON.stringify(event)),
    idOf: field('id'),
    typeOf: field('event_type'),
    sign: server.sign,
    toleranceMs: 4 * dayMs,
    failNext: server.failNext,
    violations: () => server.violations.splice(0),
    stop: server.stop,
  };
}

/** The sandbox shares our process: what goes wrong on the way is put between. */
async function sandboxHarness(): Promise<Harness> {
  const payments = await givenPayments();
  const { db, clock, jobs } = payments;
  const { provider } = createSandbox({ db, clock, webhookUrl: payments.webhookUrl, webhookSecret });
  const troubles: Trouble[] = [];
  async function disturbed<Answer>(call: () => Promise<Answer>): Promise<Answer> {
    const trouble = troubles.shift();
    if (trouble === 'down') throw new Error('down');
    const answer = await call();
    if (trouble === 'cut') throw new Error('connection lost');
    return trouble === 'silent' ? new Promise<never>(() => undefined) : answer;
  }
  const bank = ['settleSandboxPayment', 'disputeSandboxPayment', 'returnSandboxRefund'];
  const work = async () => {
    for (const task of bank) await jobs.drain(task);
  };
  return {
    provider: {
      ...provider,
      createPayment: (request) => disturbed(() => provider.createPayment(request)),
      createRefund: (request) => disturbed(() => provider.createRefund(request)),
    },
    customerId: null,
    tokens: {
      good: tokenOfCard(cards.succeeds)!,
      declined: tokenOfCard(cards.declined)!,
      disputed: tokenOfCard(cards.disputed)!,
      waiting: tokenOfCard(cards.unanswered)!,
      unknown: 'pm_nobody',
    },
    toSave: tokenOfCard(cards.succeeds)!,
    agree: () => undefined,
    now: clock.now,
    work,
    loseDisputes: work,
    told: async () => {
      const events = await db.sandboxEvent.findMany();
      const position = await db.$queryRaw<{ id: string }[]>`SELECT id FROM sandbox_events ORDER BY ctid`;
      const bodies = new Map(events.map(({ id, body }) => [id, body]));
      return position.map(({ id }) => bodies.get(id)!);
    },
    idOf: field('id'),
    typeOf: field('type'),
    sign: (body, at) => ({ [signatureHeader]: signPayload(body, { secret: webhookSecret, at }) }),
    toleranceMs: 300_000,
    failNext: (trouble) => void troubles.push(trouble),
    violations: () => [],
    stop: payments.stop,
  };
}

export const harnesses: [string, () => Promise<Harness>][] = [
  ['Stripe', stripeHarness],
  ['PayPal', paypalHarness],
  ['sandbox', sandboxHarness],
];
