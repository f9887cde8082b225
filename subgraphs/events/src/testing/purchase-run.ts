import { randomUUID } from 'node:crypto';
import {
  createHealth,
  createLogger,
  createPool,
  minuteMs,
  serveSubgraph,
  signViewer,
  VIEWER_HEADER,
  type Viewer,
} from '@diaspora/kit';
import { PrismaPg } from '@prisma/adapter-pg';
import { Registry } from 'prom-client';
import { connectDatabase } from '../database.js';
import { orderIds, purchaseIds, refundIds } from '../ids.js';
import type { AfterStep } from '../purchases/index.js';
import { createEventsSubgraph } from '../subgraph.js';
import { testConfig } from './config.js';

/** A purchase from its first request to its end, and the step at which the process that carries it ends. */
export interface PurchasePlan {
  readonly url: string;
  readonly eventKey: string;
  readonly eventId: string;
  readonly organizerKey: string;
  readonly ticketTypeId: string;
  readonly buyerKey: string;
  readonly otherKey: string;
  /** It is paid; it is paid and its event called off; it is paid when it has expired and others have its places. */
  readonly ending: 'COMPLETED' | 'CALLED_OFF' | 'TOO_LATE';
  readonly endsAt?: string;
}

const viewerSecret = 'a-viewer-secret-for-tests-only-0123456789';
const purchaseTickets = `mutation ($input: PurchaseTicketsInput!) {
  purchaseTickets(input: $input) { purchase { id } userErrors { code } } }`;
const cancelEvent = `mutation ($input: CancelEventInput!) { cancelEvent(input: $input) { userErrors { code } } }`;

/**
 * Does all that events does for one purchase, from the beginning, as payments would make it: what was done before, by this
 * process or one that was killed, must not matter. Without the kit's test doubles, so that it runs in a process of its own.
 */
export async function runPurchase(plan: PurchasePlan, afterStep: AfterStep): Promise<void> {
  const pool = createPool({ url: plan.url });
  const db = connectDatabase(new PrismaPg(pool));
  const log = createLogger({ name: 'events', level: 'silent' });
  let lateMs = 0;
  const clock = { now: () => new Date(Date.now() + lateMs) };
  const calendars = { sealingSecret: viewerSecret, google: null, redirectUris: [], isCalDavOpen: false };
  const create = () =>
    createEventsSubgraph({
      ...{ db, clock, privateStore: {} as never, mailer: {} as never, config: testConfig },
      ...{ calendars, afterStep },
    });
  const server = await serveSubgraph(create(), {
    ...{ port: 0, host: '127.0.0.1', log, registry: new Registry(), health: createHealth({}), viewerSecret },
  });
  const subgraph = create();

  async function ask(viewerKey: string, query: string, input: object): Promise<any> {
    const viewer = {
      ...{
        id: viewerKey,
        kind: 'person',
        sessionId: '',
        roles: [],
        scopes: [],
        entitlements: [],
        offices: [],
      },
    } as Viewer;
    const response = await fetch(server.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        [VIEWER_HEADER]: signViewer(viewer, { secret: viewerSecret, requestId: randomUUID() }),
      },
      body: JSON.stringify({ query, variables: { input } }),
    });
    return ((await response.json()) as { data: unknown }).data;
  }

  /** A device asks until it is answered, under one key. */
  async function buy(buyerKey: string): Promise<string> {
    const lines = [{ ticketTypeId: plan.ticketTypeId, quantity: 1 }];
    const { purchaseTickets: answer } = await ask(buyerKey, purchaseTickets, {
      idempotencyKey: 'the-one',
      lines,
    });
    return answer.purchase.id;
  }

  /** A message of payments, told once more by every process: the transaction is all there is to a handler. */
  async function tell(type: string, data: object): Promise<void> {
    const handler = subgraph.handlers!.find((each) => each.source === 'payments' && each.type === type)!;
    const message = { id: randomUUID(), source: 'payments', type, key: 'purchase', time: clock.now() };
    const untraced = { requestId: undefined, traceparent: undefined };
    await db.$transaction((tx) =>
      handler.handle({ ...message, ...untraced, data: handler.schema.parse(data) }, tx as never),
    );
    await afterStep(`after:${type}`);
  }

  async function work(name: string, payload: object): Promise<void> {
    await subgraph.jobs![name]!.run(payload as never, {} as never);
    await afterStep(`after:${name}`);
  }

  try {
    const purchaseId = await buy(plan.buyerKey);
    const key = purchaseIds.decode(purchaseId);
    const about = { purchaseId, orderId: orderIds.encode(key), currency: 'EUR', amountMinor: '1000' };
    if (plan.ending === 'TOO_LATE') {
      lateMs = 20 * minuteMs;
      await work('expirePurchases', {});
      await tell('order.cancelled', { ...about, cancelledAt: clock.now().toISOString() });
      await buy(plan.otherKey);
    }
    await tell('order.paid', { ...about, paidAt: clock.now().toISOString() });
    if (plan.ending === 'CALLED_OFF') {
      await ask(plan.organizerKey, cancelEvent, { eventId: plan.eventId });
      await work('settleCancelledEvent', { eventId: plan.eventKey });
    }
    for (const { id } of await db.purchaseRefund.findMany({ where: { purchaseId: key } })) {
      const refundId = refundIds.encode(id);
      const failedAt = clock.now().toISOString();
      await tell('order.refundFailed', { ...about, refundId, reason: 'provider_down', failedAt });
      lateMs += 5 * minuteMs;
      await work('retryRefunds', {});
      await tell('order.refunded', { ...about, refundId, refundedAt: clock.now().toISOString() });
    }
  } finally {
    await server.close();
    await db.$disconnect();
    await pool.end();
  }
}
