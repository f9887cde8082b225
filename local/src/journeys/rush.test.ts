import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPool, idType, type Viewer } from '@diaspora/kit';
import { aViewer } from '@diaspora/kit/testing';
import { environmentsOf } from '../environments.js';
import { startInfrastructure, type Infrastructure } from '../infrastructure.js';
import { startProcess, type RunningProcess } from '../processes.js';
import { silentProgress } from '../progress.js';
import type { Settings } from '../settings.js';
import { freshSettings } from './running.js';
import { mutation, openSale, sendTo } from './sales.js';

const names = ['events', 'payments'] as const;
type Name = (typeof names)[number];

/** Nobody else listens there in this journey. */
const secondPort = { events: 'content', payments: 'search' } as const;

const capacity = 10;
const buyers = Array.from({ length: 200 }, () => aViewer());

let settings: Settings;
let infrastructure: Infrastructure;
let pools: Record<Name, ReturnType<typeof createPool>>;
let processes: Record<Name, RunningProcess[]>;

beforeAll(async () => {
  settings = await freshSettings();
  infrastructure = await startInfrastructure(settings, silentProgress, () => undefined);
  const { databaseUrls } = infrastructure;
  pools = {
    events: createPool({ url: databaseUrls.events, max: 2 }),
    payments: createPool({ url: databaseUrls.payments, max: 2 }),
  };
  const [events, payments] = await Promise.all(names.map(startTwo));
  processes = { events: events!, payments: payments! };
}, 300_000);
afterAll(async () => {
  await Promise.all(
    Object.values(processes)
      .flat()
      .map((each) => each.stop()),
  );
  await Promise.all(Object.values(pools).map((pool) => pool.end()));
  await infrastructure.stop();
  await rm(settings.dataDir, { recursive: true, force: true });
});

/** Two processes of a service on one database, each configured by its environment only. */
function startTwo(name: Name): Promise<RunningProcess[]> {
  const env = environmentsOf(settings, infrastructure)[name];
  const ports = [settings.ports[name], settings.ports[secondPort[name]]];
  const entry = `subgraphs/${name}/src/main.ts`;
  return Promise.all(ports.map((port) => startProcess({ name, entry, env: { ...env, PORT: String(port) } })));
}

/** The payload of a mutation; asks again, as a device does, where a process has no connection left or no order yet. */
async function ask(name: Name, index: number, viewer: Viewer, query: string, input: object): Promise<any> {
  const { url } = processes[name][index % 2]!;
  for (;;) {
    const answer = await sendTo(url, infrastructure, viewer, { query, variables: { input } });
    const [payload] = Object.values(answer.data ?? {});
    if (payload && !codesOf(payload).includes('NOT_FOUND')) return payload;
    const codes = answer.errors?.map(({ extensions }) => extensions?.code) ?? [];
    expect(codes.filter((code) => code !== 'UNAVAILABLE')).toEqual([]);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const codesOf = ({ userErrors }: { userErrors: { code: string }[] }) => userErrors.map(({ code }) => code);

/** How often each of them was answered. */
const counted = (outcomes: readonly string[]) =>
  Object.fromEntries(
    [...new Set(outcomes)].map((outcome) => [outcome, outcomes.filter((each) => each === outcome).length]),
  );

/** Wants a ticket, pays for it in another process than the next one does, and is told how it went. */
async function buyAndPay(buyer: Viewer, index: number, ticketTypeId: string): Promise<string> {
  const wanted = await ask(
    'events',
    index,
    buyer,
    mutation('purchaseTickets', 'PurchaseTicketsInput', 'purchase { id }'),
    { idempotencyKey: randomUUID(), lines: [{ ticketTypeId, quantity: 1 }] },
  );
  if (!wanted.purchase) return codesOf(wanted).join();
  const paid = await ask('payments', index, buyer, mutation('payOrder', 'PayOrderInput', 'order { id }'), {
    idempotencyKey: randomUUID(),
    orderId: idType('ord').encode(idType('pur').decode(wanted.purchase.id)),
    paymentMethod: { sandboxCard: { number: '4242424242424242' } },
  });
  return paid.order ? 'PAID' : codesOf(paid).join();
}

async function until(name: Name, sql: string, values: unknown[]): Promise<void> {
  while ((await pools[name].query(sql, values)).rows.length === 0)
    await new Promise((resolve) => setTimeout(resolve, 50));
}

describe('two hundred buyers at once, at two processes of events and two of payments', () => {
  it('are exactly as many with a ticket as there are places, each of whom paid once', async () => {
    const { event, ticketType } = await openSale(
      (viewer, query, input) => ask('events', 0, viewer, query, input),
      capacity,
    );
    const outcomes = await Promise.all(buyers.map((buyer, index) => buyAndPay(buyer, index, ticketType.id)));
    expect(counted(outcomes)).toEqual({ PAID: capacity, SOLD_OUT: buyers.length - capacity });

    const eventId = idType('evt').decode(event.id);
    await until('events', `SELECT FROM events WHERE id = $1 AND ticketed_count = ${capacity}`, [eventId]);
    const tickets = await pools.events.query(
      `SELECT count(*)::int AS all, count(DISTINCT holder_id)::int AS holders FROM tickets
       WHERE event_id = $1 AND status = 'VALID'`,
      [eventId],
    );
    expect(tickets.rows).toEqual([{ all: capacity, holders: capacity }]);
    const taken = await pools.payments.query(
      `SELECT count(*)::int AS payments, sum(amount_minor)::int AS minor FROM sandbox_payments`,
    );
    expect(taken.rows).toEqual([{ payments: capacity, minor: capacity * 2_000 }]);
    const unbalanced = await pools.payments.query(
      `SELECT a.currency FROM ledger_postings p JOIN ledger_accounts a ON a.id = p.account_id
       GROUP BY a.currency HAVING sum(p.amount_minor) <> 0`,
    );
    expect(unbalanced.rows).toEqual([]);
  }, 300_000);
});
