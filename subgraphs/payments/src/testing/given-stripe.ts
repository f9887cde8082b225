import { expect } from '@jest/globals';
import Stripe from 'stripe';
import { startStripeServer, stripeKey } from '../providers/stripe/testing/server.js';
import { givenPayments, webhookSecret } from './given.js';

const { webhooks } = new Stripe('sk_test_never_used');

/** The subgraph with Stripe as its provider, as far as our local server plays it. */
export async function givenStripe() {
  const server = await startStripeServer({ now: () => payments.clock.now() });
  const payments = await givenPayments({
    settings: {
      STRIPE_SECRET_KEY: stripeKey,
      STRIPE_WEBHOOK_SECRET: webhookSecret,
      STRIPE_API_URL: server.url,
    },
  });
  let delivered = 0;
  /** Stripe calls our webhook with everything that is new. */
  async function deliver(): Promise<void> {
    for (; delivered < server.told.length; delivered += 1) {
      const payload = JSON.stringify(server.told[delivered]);
      const timestamp = Math.floor(payments.clock.now().getTime() / 1_000);
      const signature = webhooks.generateTestHeaderString({ payload, secret: webhookSecret, timestamp });
      const response = await fetch(payments.webhookUrl.replace('sandbox', 'stripe'), {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'stripe-signature': signature },
        body: payload,
      });
      expect(response.status).toBe(200);
    }
    await payments.jobs.drain();
  }
  return {
    ...payments,
    server,
    deliver,
    stop: async () => {
      await payments.stop();
      await server.stop();
    },
  };
}
