import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPool } from '@diaspora/kit';
import { createTestDatabase, type TestDatabase } from '@diaspora/kit/testing';
import type { Pool } from 'pg';
import { orderIds, purchaseIds, refundIds } from '../ids.js';
import { noStep } from '../steps.js';
import { runPurchase, type PurchasePlan } from '../testing/purchase-run.js';

let database: TestDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await createTestDatabase('payments');
  pool = createPool({ url: database.url, max: 2 });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

const refundedEnds = [
  'before:order.requested',
  'before:payOrder',
  'after:createPayment',
  'after:deliverSandboxEvent',
  'before:order.captured',
  'after:processProviderEvent',
  'after:createRefund',
  'before:order.refunded',
];
const cancelledEnds = [
  'after:requestPayment',
  'before:order.cancellationRequested',
  'after:processProviderEvent',
  'after:requestRefund',
];
const ends = [
  ...refundedEnds.map((endsAt) => ['REFUNDED', endsAt] as const),
  ...cancelledEnds.map((endsAt) => ['CANCELLED', endsAt] as const),
];

/** Runs the purchase in a process of its own; answers the signal that ended it. */
async function runAndEnd(plan: PurchasePlan): Promise<NodeJS.Signals | null> {
  const module = new URL('../testing/purchase-process.ts', import.meta.url);
  const child = fork(module, [JSON.stringify(plan)], { execArgv: ['--import', 'tsx'], stdio: 'inherit' });
  const [, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  return signal;
}

const ask = async <Row extends object>(sql: string, ...values: unknown[]): Promise<Row[]> =>
  (await pool.query<Row>(sql, values)).rows;

async function endOf(orderKey: string) {
  const [order] = await ask<{ status: string }>('SELECT status FROM orders WHERE id = $1', orderKey);
  const payments = await ask<{ id: string; status: string }>(
    'SELECT id, status FROM payments WHERE order_id = $1',
    orderKey,
  );
  const open = await ask(
    `SELECT a.type, sum(p.amount_minor) FROM ledger_transactions t
     JOIN ledger_postings p ON p.transaction_id = t.id JOIN ledger_accounts a ON a.id = p.account_id
     WHERE t.order_id = $1 AND t.kind <> 'PROVIDER_FEE' GROUP BY a.type HAVING sum(p.amount_minor) <> 0`,
    orderKey,
  );
  // The provider's own books: what it took and sent back.
  const [provider] = await ask<{ taken: string; back: string }>(
    `SELECT coalesce(sum(s.amount_minor), 0)::text AS taken,
       coalesce(sum((SELECT sum(amount_minor) FROM sandbox_refunds r WHERE r.payment_id = s.id)), 0)::text AS back
     FROM sandbox_payments s JOIN payments p ON p.provider_payment_id = s.id WHERE p.order_id = $1`,
    orderKey,
  );
  const told = await ask<{ type: string }>(
    'SELECT type FROM kit.outbox WHERE key = $1 ORDER BY position',
    purchaseIds.encode(orderKey),
  );
  return {
    status: order?.status,
    payments: payments.map(({ status }) => status),
    open,
    provider,
    // A refund that is wished again is told again.
    told: [...new Set(told.map(({ type }) => type))],
  };
}

describe('payments that is killed at any step of a purchase', () => {
  it.each(ends)(
    'ends it %s all the same when it starts again: killed %s',
    async (ending, endsAt) => {
      const keys = { orderKey: orderIds.create(), buyerKey: randomUUID(), refundKey: refundIds.create() };
      const plan = { url: database.url, adminUrl: database.adminUrl, ...keys, ending, endsAt };
      expect(await runAndEnd(plan)).toBe('SIGKILL');
      await runPurchase(plan, noStep);
      expect(await endOf(keys.orderKey)).toEqual({
        status: ending,
        payments: ['CAPTURED'],
        open: [],
        provider: { taken: '2000', back: '2000' },
        told: [
          'order.opened',
          ...(ending === 'REFUNDED' ? ['order.paid', 'order.refunded'] : ['order.cancelled']),
        ],
      });
    },
    120_000,
  );
});
