import { randomUUID } from 'node:crypto';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPool, idType, type Viewer } from '@diaspora/kit';
import { aViewer } from '@diaspora/kit/testing';
import { environmentsOf } from '../environments.js';
import { startInfrastructure, type Infrastructure } from '../infrastructure.js';
import { startProcess, type RunningProcess } from '../processes.js';
import { silentProgress } from '../progress.js';
import type { Settings } from '../settings.js';
import { freshSettings } from './running.js';
import { mutation, openSale, sendTo, type Sale } from './sales.js';

const names = ['events', 'payments'] as const;
type Name = (typeof names)[number];

/** Each step of a purchase that is paid and given back, and the service that ends there. */
const steps: readonly (readonly [Name, string])[] = [
  ['events', 'before:hold'],
  ['events', 'after:hold'],
  ['payments', 'before:order.requested'],
  ['payments', 'before:payOrder'],
  ['payments', 'after:payOrder'],
  ['payments', 'before:order.captured'],
  ['events', 'before:issue'],
  ['events', 'before:giveBack'],
  ['events', 'after:giveBack'],
  ['payments', 'before:order.refundRequested'],
  ['payments', 'before:order.refunded'],
  ['events', 'before:refunded'],
];

/** The same of money that comes when the places are gone, and of an event that is called off. */
const lateSteps: readonly (readonly [Name, string])[] = [
  ['events', 'before:refund'],
  ['payments', 'before:order.refunded'],
  ['payments', 'before:order.cancellationRequested'],
];
const calledOffSteps: readonly (readonly [Name, string])[] = [
  ['events', 'after:settle'],
  ['payments', 'before:order.refundRequested'],
];
const cards = { succeeds: '4242424242424242', delayed: '4000000000000077' };

let settings: Settings;
let infrastructure: Infrastructure;
let pools: Record<Name, ReturnType<typeof createPool>>;
const running = new Map<Name, RunningProcess>();
const killFile = (name: Name) => path.join(settings.dataDir, `kill-${name}`);

async function start(name: Name): Promise<void> {
  const env = {
    ...environmentsOf(settings, infrastructure)[name],
    KILL_AT: killFile(name),
    SAGA_SERVICE: name,
  };
  running.set(name, await startProcess({ name, entry: 'local/src/journeys/saga-process.ts', env }));
}

beforeAll(async () => {
  settings = await freshSettings();
  infrastructure = await startInfrastructure(settings, silentProgress, () => undefined);
  const { databaseUrls } = infrastructure;
  pools = {
    events: createPool({ url: databaseUrls.events, max: 2 }),
    payments: createPool({ url: databaseUrls.payments, max: 2 }),
  };
  await Promise.all(names.map(start));
}, 300_000);
afterAll(async () => {
  await Promise.all([...running.values()].map((each) => each.stop()));
  await Promise.all(Object.values(pools).map((pool) => pool.end()));
  await infrastructure.stop();
  await rm(settings.dataDir, { recursive: true, force: true });
});

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** Starts again what has ended. */
async function revive(): Promise<void> {
  for (const name of names) if (!isAlive(running.get(name)!.pid)) await start(name);
}

/** One request, as the router would send it. */
const send = (name: Name, viewer: Viewer, query: string, variables: object) =>
  sendTo(`http://127.0.0.1:${settings.ports[name]}`, infrastructure, viewer, { query, variables });

/** Asks until there is an answer, as a device does: under one key it is one command. */
async function ask(name: Name, viewer: Viewer, query: string, input: object): Promise<any> {
  for (;;) {
    const answer = await send(name, viewer, query, { input }).catch(() => undefined);
    const [payload] = Object.values(answer?.data ?? {});
    if (payload && !payload.userErrors.some(({ code }: { code: string }) => code === 'NOT_FOUND'))
      return payload;
    await revive();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Resolves when SQL answers so; what has ended meanwhile is started again. */
async function until(name: Name, sql: string, values: unknown[]): Promise<void> {
  for (;;) {
    const { rows } = await pools[name].query(sql, values);
    if (rows.length > 0) return;
    await revive();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const sale = (capacity: number) =>
  openSale((viewer, query, input) => ask('events', viewer, query, input), capacity);

async function buy(buyer: Viewer, { ticketType }: Sale): Promise<{ id: string }> {
  const { purchase } = await ask(
    'events',
    buyer,
    mutation('purchaseTickets', 'PurchaseTicketsInput', 'purchase { id }'),
    { idempotencyKey: randomUUID(), lines: [{ ticketTypeId: ticketType.id, quantity: 2 }] },
  );
  return purchase;
}

/** The errors of the answer. */
async function pay(buyer: Viewer, key: string, number = cards.succeeds): Promise<object[]> {
  const { userErrors } = await ask('payments', buyer, mutation('payOrder', 'PayOrderInput', 'order { id }'), {
    idempotencyKey: randomUUID(),
    orderId: idType('ord').encode(key),
    paymentMethod: { sandboxCard: { number } },
  });
  return userErrors;
}

const isNow = (key: string, status: string) =>
  until('events', `SELECT 1 FROM purchases WHERE id = $1 AND status::text = $2`, [key, status]);

/** Buys and pays, whoever ends in between. */
async function paid(sold: Sale): Promise<{ id: string; key: string }> {
  const buyer = aViewer();
  const { id } = await buy(buyer, sold);
  const key = idType('pur').decode(id);
  await pay(buyer, key);
  await isNow(key, 'COMPLETED');
  return { id, key };
}

/** Buys, pays and gives back. */
async function carry(sold: Sale): Promise<string> {
  const { id, key } = await paid(sold);
  const refund = mutation('refundTickets', 'RefundTicketsInput', 'purchase { id }');
  await ask('events', sold.organizer, refund, { idempotencyKey: randomUUID(), purchaseId: id });
  await isNow(key, 'REFUNDED');
  return key;
}

/** Buys and pays, and the event is called off. */
async function carryCalledOff(): Promise<string> {
  const sold = await sale(100);
  const { key } = await paid(sold);
  const cancel = mutation('cancelEvent', 'CancelEventInput', 'event { id }');
  await ask('events', sold.organizer, cancel, { eventId: sold.event.id });
  await isNow(key, 'REFUNDED');
  return key;
}

/**
 * Buys, and lets the time pass in which the places are kept: others have them when the money comes. The job of the minute
 * looks for the purchase too; where that is first, its order takes no payment, gives up the one under way, or sends it back.
 */
async function carryTooLate(isSwept: boolean): Promise<string> {
  for (;;) {
    const sold = await sale(2);
    const buyer = aViewer();
    const key = idType('pur').decode((await buy(buyer, sold)).id);
    if (isSwept) await pay(buyer, key, cards.delayed);
    const past = `SET expires_at = now() - interval '1 second'`;
    await pools.events.query(`UPDATE purchases ${past} WHERE id = $1`, [key]);
    await pools.events.query(`UPDATE place_holds ${past} WHERE claim_id = $1`, [key]);
    await buy(aViewer(), sold);
    if (isSwept)
      await pools.events.query(`SELECT FROM graphile_worker.add_job('expirePurchases', '{}'::json)`);
    else if ((await pay(buyer, key)).length > 0) continue;
    await until(
      'payments',
      `SELECT 1 FROM payments p LEFT JOIN refunds r ON r.payment_id = p.id AND r.status = 'SUCCEEDED'
       WHERE p.order_id = $1 AND (p.status = 'FAILED' OR r.amount_minor = p.amount_minor)`,
      [key],
    );
    const ended = `status = 'REFUNDED' OR (status = 'CANCELLED' AND paid_minor = 0)`;
    await until('events', `SELECT 1 FROM purchases WHERE id = $1 AND (${ended})`, [key]);
    return key;
  }
}

/** Carries purchases until a service has ended at the step; all but one would be chance. */
async function killedAt(name: Name, step: string, carryOne: () => Promise<string>): Promise<string> {
  writeFileSync(killFile(name), step);
  let key = await carryOne();
  while (existsSync(killFile(name))) key = await carryOne();
  return key;
}

/** What is left of a purchase, in both databases. */
async function leftOf(key: string) {
  const rows = async (name: Name, sql: string) => (await pools[name].query(sql, [key])).rows as unknown[];
  return {
    tickets: await rows('events', `SELECT status FROM tickets WHERE purchase_id = $1`),
    holds: await rows('events', `SELECT 1 FROM place_holds WHERE claim_id = $1`),
    refunds: await rows(
      'events',
      `SELECT amount_minor::text AS amount, status FROM purchase_refunds WHERE purchase_id = $1`,
    ),
    open: await rows(
      'payments',
      `SELECT a.type, sum(p.amount_minor) FROM ledger_transactions t
       JOIN ledger_postings p ON p.transaction_id = t.id JOIN ledger_accounts a ON a.id = p.account_id
       WHERE t.order_id = $1 AND t.kind <> 'PROVIDER_FEE' GROUP BY a.type HAVING sum(p.amount_minor) <> 0`,
    ),
    provider: await rows(
      'payments',
      `SELECT coalesce(sum(s.amount_minor) FILTER (WHERE s.status = 'CAPTURED'), 0)::text AS taken,
         coalesce(sum((SELECT sum(amount_minor) FROM sandbox_refunds r WHERE r.payment_id = s.id)), 0)::text AS back
       FROM sandbox_payments s JOIN payments p ON p.provider_payment_id = s.id WHERE p.order_id = $1`,
    ),
  };
}

describe('a purchase through events and payments', () => {
  let sold: Sale;
  beforeAll(async () => {
    sold = await sale(100);
  });

  it('shows no order until payments has it, and one that is there from then on', async () => {
    await running.get('payments')!.stop();
    const buyer = aViewer();
    const { id } = await buy(buyer, sold);
    const orderShown = async (viewer: Viewer) => {
      const { data } = await send(
        'events',
        viewer,
        'query ($id: ID!) { purchase(id: $id) { order { id } } }',
        {
          id,
        },
      );
      return data!['purchase'].order as { id: string } | null;
    };
    expect(await orderShown(buyer)).toBeNull();
    await start('payments');
    let order = await orderShown(buyer);
    while (!order) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      order = await orderShown(buyer);
    }
    const entity = `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Order { id status } } }`;
    const { data } = await send('payments', buyer, entity, { of: [{ __typename: 'Order', ...order }] });
    expect(data!['_entities']).toEqual([{ id: order.id, status: 'PENDING' }]);
    expect(await orderShown(aViewer({ id: sold.organizer.id }))).toBeNull();
  });

  const gone = { holds: [], open: [], provider: [{ taken: '4000', back: '4000' }] };
  const cancelled = { status: 'CANCELLED' };
  const refunded = { amount: '4000', status: 'REFUNDED' };

  /** Of all purchases together the books are even, whatever became of each. */
  async function areBooksEven(): Promise<void> {
    const { rows } = await pools.payments.query(
      `SELECT a.currency FROM ledger_postings p JOIN ledger_accounts a ON a.id = p.account_id
       GROUP BY a.currency HAVING sum(p.amount_minor) <> 0`,
    );
    expect(rows).toEqual([]);
  }

  it.each(steps)(
    'is paid, and paid back, with nothing lost and nothing twice, when %s is killed %s',
    async (name, step) => {
      writeFileSync(killFile(name), step);
      const key = await carry(sold);
      const wasKilled = !existsSync(killFile(name));
      rmSync(killFile(name), { force: true });
      expect(wasKilled).toBe(true);
      expect(await leftOf(key)).toEqual({ ...gone, tickets: [cancelled, cancelled], refunds: [refunded] });
      await areBooksEven();
      const event = await pools.events.query(`SELECT ticketed_count FROM events WHERE id = $1`, [
        idType('evt').decode(sold.event.id),
      ]);
      expect(event.rows).toEqual([{ ticketed_count: 0 }]);
    },
    300_000,
  );

  it.each(lateSteps)(
    'that is paid when others have its places is paid back once, when %s is killed %s',
    async (name, step) => {
      const isSwept = step === 'before:order.cancellationRequested';
      const key = await killedAt(name, step, () => carryTooLate(isSwept));
      const { refunds, provider, ...left } = await leftOf(key);
      expect(left).toEqual({ tickets: [], holds: [], open: [] });
      const [{ taken }] = provider as [{ taken: string }];
      const money = isSwept ? taken : '4000';
      expect(provider).toEqual([{ taken: money, back: money }]);
      // Where the order was off before the money came, payments sees to it alone.
      expect([[], [refunded]]).toContainEqual(refunds);
      await areBooksEven();
    },
    300_000,
  );

  it.each(calledOffSteps)(
    'of an event that is called off is paid back once, when %s is killed %s',
    async (name, step) => {
      const key = await killedAt(name, step, carryCalledOff);
      expect(await leftOf(key)).toEqual({ ...gone, tickets: [cancelled, cancelled], refunds: [refunded] });
      await areBooksEven();
    },
    300_000,
  );
});
