import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPool } from '@diaspora/kit';
import { aViewer, personalDataOf } from '@diaspora/kit/testing';
import { givenCredits } from './testing/given-credits.js';
import { givenPayments } from './testing/given.js';
import { givenPlans } from './testing/given-plans.js';
import { givenOrders } from './testing/orders.js';

const rows = 20_000;

/** Rows of everything that grows. People, orders and subscriptions are many, each with a little. */
const seed = `
  CREATE TEMP TABLE n AS SELECT n, gen_random_uuid() AS id, gen_random_uuid() AS user_id FROM generate_series(1, ${rows}) n;
  INSERT INTO credit_accounts SELECT user_id FROM n;
  INSERT INTO credit_grants (id, user_id, kind, amount, remaining, priority, source, created_at, expires_at)
    SELECT id, user_id, 'PLAN', 100, n % 100, 10, 'seed:' || n, now(), now() + interval '1 year' FROM n;
  INSERT INTO credit_reservations (id, user_id, spender_id, operation, units, amount, status, settled, expires_at, created_at, closed_at)
    SELECT id, user_id, user_id, 'HEADLINES', 5, 1, 'SETTLED', 1, now(), now(), now() FROM n;
  INSERT INTO credit_allocations (reservation_id, grant_id, position, amount) SELECT id, id, 0, 1 FROM n;
  INSERT INTO credit_entries (id, user_id, kind, amount, grant_id, at) SELECT id, user_id, 'GRANTED', 100, id, now() FROM n;
  INSERT INTO subscriptions (id, user_id, plan_id, status, provider, payment_token, anchor_at, period_index,
      current_period_starts_at, current_period_ends_at, next_step_at, created_at)
    SELECT id, user_id, (SELECT id FROM plans WHERE code = 'PREMIUM_MONTHLY'), 'ACTIVE', 'sandbox', 't', now(), 0,
      now(), now() + interval '1 year', now() + interval '1 year', now() FROM n;
  INSERT INTO subscription_periods (subscription_id, index, kind, plan_id, number, amount_minor, created_at)
    SELECT id, 0, 'FIRST', plan_id, 0, 799, now() FROM subscriptions;
  INSERT INTO orders (id, buyer_id, seller_id, currency, total_minor, fee_basis_points, status, pay_before, created_at)
    SELECT id, user_id, user_id, 'EUR', 100, 500, 'PENDING', now(), now() FROM n;
  INSERT INTO order_lines SELECT id, 0, 'Standard', 1, 100, 100 FROM n;
  INSERT INTO order_refunds (id, order_id, amount_minor, currency, reason, status, requested_at, settled_at)
    SELECT id, id, 100, 'EUR', 'BUYER', 'SUCCEEDED', now(), now() FROM n;
  INSERT INTO order_cancellations SELECT id, 'EXPIRED', now() FROM n;
  INSERT INTO payments (id, user_id, order_id, attempt, amount_minor, currency, status, provider, provider_payment_id, created_at, settled_at)
    SELECT id, user_id, id, 1, 100, 'EUR', 'CAPTURED', 'sandbox', 'seed_' || n, now(), now() FROM n;
  INSERT INTO refunds (id, payment_id, amount_minor, reason, status, provider, provider_refund_id, created_at, settled_at)
    SELECT id, id, 100, 'BUYER', 'SUCCEEDED', 'sandbox', 'seed_' || n, now(), now() FROM n;
  INSERT INTO disputes (id, payment_id, amount_minor, status, provider, provider_dispute_id, opened_at, closed_at)
    SELECT id, id, 100, 'WON', 'sandbox', 'seed_' || n, now(), now() FROM n;
  INSERT INTO payment_methods (id, user_id, provider, status, token, kind, brand, created_at)
    SELECT id, user_id, 'sandbox', 'ACTIVE', 't', 'CARD', 'visa', now() FROM n;
  INSERT INTO provider_events (provider, event_id, type, body, occurred_at, received_at, processed_at, outcome, subjects)
    SELECT 'sandbox', 'seed_' || n, 'payment.captured', '', now(), now(), now(), 'APPLIED', ARRAY['seed_' || n] FROM n;
  INSERT INTO sandbox_payments (id, idempotency_key, amount_minor, currency, token, customer, reference, status, created_at)
    SELECT 'seed_' || n, 'seed_' || n, 100, 'EUR', 't', 'seed_' || n, 'seed_' || n, 'CAPTURED', now() FROM n;
  INSERT INTO sandbox_events (id, type, payment_id, body, created_at)
    SELECT 'seed_' || n, 'payment.captured', 'seed_' || n, '{}', '2020-01-01'::timestamptz FROM n;
  INSERT INTO invoices (id, issuer_id, customer_id, language, currency, net_minor, tax_minor, total_minor, payment_id, created_at)
    SELECT id, (SELECT id FROM invoice_issuers), user_id, 'en', 'EUR', 100, 0, 100, id, now() FROM n;
  INSERT INTO customers (user_id, languages) SELECT user_id, '{en}' FROM n;
  INSERT INTO billing_details (user_id) SELECT user_id FROM n;
  ANALYZE;`;

/** Of these nothing is read from end to end; small ones may be, and in a test the others are small. */
const grown =
  /Seq Scan on (?:credit_\w+|subscription\w+|order\w*|payment\w*|refunds|disputes|provider_events|customers|billing_details|invoices|sandbox_(?:payments|events))\b/;

describe(`with ${rows} rows of each kind`, () => {
  let payments: Awaited<ReturnType<typeof givenPayments>>;
  let admin: ReturnType<typeof createPool>;
  beforeAll(async () => {
    payments = await givenPayments();
    admin = createPool({ url: payments.database.adminUrl });
    await admin.query(seed);
  }, 120_000);
  afterAll(async () => {
    await admin.end();
    await payments.stop();
  });

  /** Runs something, and answers which of its statements read a table from end to end, parameters unknown. */
  async function wholeReads(run: () => Promise<unknown>): Promise<string[]> {
    const before = payments.sent.length;
    await run();
    const statements = [...new Set(payments.sent.slice(before))].filter((sql) =>
      /^\s*(select|update|delete|with|insert|\()/i.test(sql),
    );
    expect(statements.length).toBeGreaterThan(3);
    const found: string[] = [];
    for (const sql of statements) {
      const { rows: plan } = await admin.query<{ 'QUERY PLAN': string }>(`EXPLAIN (GENERIC_PLAN) ${sql}`);
      const text = plan.map((line) => line['QUERY PLAN']).join('\n');
      if (grown.test(text)) found.push(`${sql}\n${text}`);
    }
    return found;
  }

  it('credits are granted, reserved, settled and counted by indexes', async () => {
    const credits = givenCredits(payments);
    const reads = await wholeReads(async () => {
      const person = await payments.given.subscriber();
      const { reservation } = await credits.hold(person, 2);
      await credits.settled(reservation.id, 1);
      await credits.balanceOf(person);
      await payments.jobs.runTask('writeOverdueCredits');
    });
    expect(reads).toEqual([]);
  });

  it('orders are made, paid, given back and shown by indexes', async () => {
    const orders = givenOrders(payments);
    const timeline = 'query ($orderId: ID!) { purchaseTimeline(orderId: $orderId) { step } }';
    const reads = await wholeReads(async () => {
      const order = await orders.paid();
      await order.refund(500n);
      await payments.jobs.drain();
      const chief = aViewer({ roles: ['SUPER_USER'] });
      await payments.as(chief).execute(timeline, { orderId: order.id });
      await payments.as(chief).execute('{ failedOrderRefunds(first: 10) { nodes { id } } }');
      const cancelled = orders.wish();
      await cancelled.request();
      await cancelled.cancel();
    });
    expect(reads).toEqual([]);
  });

  it('subscriptions that are due are found, renewed, changed and ended by indexes', async () => {
    const plans = givenPlans(payments);
    const reads = await wholeReads(async () => {
      const person = await payments.given.subscriber();
      await plans.changeTo(person, 'PREMIUM_YEARLY');
      await payments.jobs.drain();
      await plans.paid(payments.clock.now());
      await plans.pass();
      await plans.cancel(person);
    });
    expect(reads).toEqual([]);
  });

  it('methods are removed, and people forgotten, by indexes', async () => {
    const add = `mutation ($input: AddPaymentMethodInput!) {
      addPaymentMethod(input: $input) { paymentMethod { id } userErrors { code } } }`;
    const remove = `mutation ($input: RemovePaymentMethodInput!) {
      removePaymentMethod(input: $input) { userErrors { code } } }`;
    const reads = await wholeReads(async () => {
      const { viewer } = await payments.given.subscriber();
      const paymentMethod = { sandboxCard: { number: '4242424242424242' } };
      const { data } = await payments
        .as(viewer)
        .execute(add, { input: { idempotencyKey: 'explain', paymentMethod } });
      const { id: paymentMethodId } = data.addPaymentMethod.paymentMethod;
      await payments.as(viewer).execute(remove, { input: { paymentMethodId } });
      await personalDataOf(payments.subgraph.jobs!, payments.privateStore).erase(viewer.id);
    });
    expect(reads).toEqual([]);
  });

  it('the sweep finds what waits, and what nobody acknowledged, by indexes', async () => {
    expect(await wholeReads(() => payments.jobs.runTask('sweepProviders'))).toEqual([]);
  });
});
