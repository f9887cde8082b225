import { randomUUID } from 'node:crypto';
import {
  createHealth,
  createLogger,
  createPool,
  serveSubgraph,
  signViewer,
  systemClock,
  VIEWER_HEADER,
  type Viewer,
} from '@diaspora/kit';
import { PrismaPg } from '@prisma/adapter-pg';
import { Registry } from 'prom-client';
import { connectDatabase } from '../database.js';
import { orderIds, purchaseIds, refundIds, userIds } from '../ids.js';
import type { PaymentProvider } from '../providers/index.js';
import type { AfterStep } from '../steps.js';
import { createPaymentsSubgraph } from '../subgraph.js';

/** A purchase from its first message to its end, and the step at which the process that carries it ends. */
export interface PurchasePlan {
  readonly url: string;
  readonly adminUrl: string;
  readonly orderKey: string;
  readonly buyerKey: string;
  readonly refundKey: string;
  /** All of it goes back, or it is cancelled while its payment is under way. */
  readonly ending: 'REFUNDED' | 'CANCELLED';
  readonly endsAt?: string;
}

const viewerSecret = 'a-viewer-secret-for-tests-only-0123456789';
const webhookSecret = 'a-webhook-secret-for-tests-only-0123456789';
const payOrder = `mutation ($input: PayOrderInput!) { payOrder(input: $input) { userErrors { code } } }`;
const tasks = [
  'requestPayment',
  'requestRefund',
  'carryOutOrderRefunds',
  'processProviderEvent',
  'settleSandboxPayment',
  'deliverSandboxEvent',
];

/**
 * Does all that payments does for one purchase, from the beginning: what was done before, by this process or one that
 * was killed, must not matter. Without the kit's test doubles, so that it runs in a process of its own.
 */
export async function runPurchase(plan: PurchasePlan, afterStep: AfterStep): Promise<void> {
  const pool = createPool({ url: plan.url });
  const admin = createPool({ url: plan.adminUrl, max: 1 });
  const db = connectDatabase(new PrismaPg(pool));
  const log = createLogger({ name: 'payments', level: 'silent' });
  const config = { SANDBOX_WEBHOOK_SECRET: webhookSecret, SANDBOX_WEBHOOK_URL: '' };
  const create = () =>
    createPaymentsSubgraph({
      db,
      clock: systemClock,
      log,
      config: config,
      privateStore: {} as never,
      mailer: {} as never,
      afterStep,
      wrapProvider: withSteps(afterStep),
    });
  const health = createHealth({});
  const registry = new Registry();
  const server = await serveSubgraph(create(), {
    port: 0,
    host: '127.0.0.1',
    log,
    registry,
    health,
    viewerSecret,
  });
  config.SANDBOX_WEBHOOK_URL = `${server.url}/webhooks/sandbox`;
  const subgraph = create();

  /** A message of events, told once more by every process: the transaction is all there is to a handler. */
  async function tell(type: string, data: object): Promise<void> {
    const handler = subgraph.handlers!.find((each) => each.source === 'events' && each.type === type)!;
    const message = { id: randomUUID(), source: 'events', type, key: 'purchase', time: new Date() };
    const untraced = { requestId: undefined, traceparent: undefined };
    await db.$transaction((tx) =>
      handler.handle({ ...message, ...untraced, data: handler.schema.parse(data) }, tx as never),
    );
  }

  /** Works the queue as the job worker does: a job is gone when it is done, and stays when its process ends before. */
  async function work(only = tasks): Promise<void> {
    while (await workOne(only));
  }

  async function workOne(only: readonly string[]): Promise<boolean> {
    const client = await admin.connect();
    try {
      await client.query('BEGIN');
      const { rows } = await client.query<{ id: string; task: string; payload: object }>(
        `SELECT job.id, task.identifier AS task, job.payload
         FROM graphile_worker._private_jobs job JOIN graphile_worker._private_tasks task ON task.id = job.task_id
         WHERE task.identifier = ANY ($1) ORDER BY job.id LIMIT 1 FOR UPDATE OF job`,
        [only],
      );
      const [job] = rows;
      if (job) {
        const { schema, run } = subgraph.jobs![job.task]!;
        await run(schema.parse(job.payload) as never, { log, attempt: 1, maxAttempts: 25 } as never);
        await afterStep(`after:${job.task}`);
        await client.query('DELETE FROM graphile_worker._private_jobs WHERE id = $1', [job.id]);
      }
      await client.query('COMMIT');
      return rows.length > 0;
    } finally {
      client.release();
    }
  }

  const about = {
    orderId: orderIds.encode(plan.orderKey),
    purchaseId: purchaseIds.encode(plan.orderKey),
  };

  /** The buyer's device asks until it is answered, under one key. */
  async function pay(): Promise<void> {
    const viewer: Viewer = {
      id: plan.buyerKey,
      kind: 'person',
      roles: [],
      offices: [],
      scopes: [],
      entitlements: [],
    } as never;
    const paymentMethod = { sandboxCard: { number: '4242424242424242' } };
    const input = { idempotencyKey: 'the-one', orderId: about.orderId, paymentMethod };
    await fetch(server.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        [VIEWER_HEADER]: signViewer(viewer, { secret: viewerSecret, requestId: 'request' }),
      },
      body: JSON.stringify({ query: payOrder, variables: { input } }),
    }).then((response) => response.text());
  }

  try {
    const amount = '2000';
    await tell('order.requested', {
      ...about,
      buyerId: userIds.encode(plan.buyerKey),
      sellerId: userIds.encode(plan.orderKey),
      currency: 'EUR',
      totalMinor: amount,
      lines: [{ description: 'Standard', quantity: 1, unitAmountMinor: amount, amountMinor: amount }],
      paymentMethodId: null,
      payBefore: new Date(Date.now() + 900_000).toISOString(),
    });
    await pay();
    if (plan.ending === 'CANCELLED') {
      await work(['requestPayment']);
      await tell('order.cancellationRequested', { ...about, reason: 'EXPIRED' });
      await work();
    } else {
      await work();
      const refund = { refundId: refundIds.encode(plan.refundKey), reason: 'BUYER' };
      await tell('order.refundRequested', { ...refund, ...about, amountMinor: amount, currency: 'EUR' });
      await work();
    }
  } finally {
    await server.close();
    await db.$disconnect();
    await Promise.all([pool.end(), admin.end()]);
  }
}

/** The provider, with steps before and after each call that moves money. */
const withSteps =
  (afterStep: AfterStep) =>
  (provider: PaymentProvider): PaymentProvider => ({
    ...provider,
    createPayment: async (request) => {
      await afterStep('before:createPayment');
      const made = await provider.createPayment(request);
      await afterStep('after:createPayment');
      return made;
    },
    createRefund: async (request) => {
      await afterStep('before:createRefund');
      const made = await provider.createRefund(request);
      await afterStep('after:createRefund');
      return made;
    },
  });
