import { createHash } from 'node:crypto';
import { Prisma, type Transaction } from '../database.js';

/** Some things, what each of them does, and what is looked at when all were done. */
interface Happening<Item, Seen> {
  readonly items: readonly Item[];
  /** What was seen until then in, what was seen until now out. */
  readonly happens: (item: Item, seen: readonly Seen[]) => Promise<readonly Seen[]>;
  /** One of the orders that led here is told, for the message of a failure. */
  readonly ends: (order: readonly Item[], seen: readonly Seen[]) => Promise<void>;
}

/**
 * Has things happen in every order there is, and answers how many orders that are. What orders begin with in common happens
 * once: savepoints take back what came after it. And where the same things led to the same rows and sights, the same
 * follows: from there they go on as one. The transaction has to be undone.
 */
export async function inEveryOrder<Item, Seen>(tx: Transaction, of: Happening<Item, Seen>): Promise<number> {
  const all = await everyTable(tx);
  const ordersFrom = new Map<string, number>();

  async function goOn(done: readonly Item[], seen: readonly Seen[]): Promise<number> {
    const left = of.items.filter((item) => !done.includes(item));
    const place = digest([left.map((item) => of.items.indexOf(item)), seen, await rowsIn(tx, all)]);
    const known = ordersFrom.get(place);
    if (known !== undefined) return known;
    if (left.length === 0) await of.ends(done, seen);
    let orders = left.length === 0 ? 1 : 0;
    for (const item of left) {
      await tx.$executeRaw`SAVEPOINT here`;
      orders += await goOn([...done, item], await of.happens(item, seen));
      await tx.$executeRaw`ROLLBACK TO SAVEPOINT here`;
      await tx.$executeRaw`RELEASE SAVEPOINT here`;
    }
    ordersFrom.set(place, orders);
    return orders;
  }

  return goOn([], []);
}

/** Of events, those that were worked on are history: what they did is in the other tables. */
const conditions: Readonly<Record<string, string>> = { provider_events: 'processed_at IS NULL' };

async function everyTable(tx: Transaction): Promise<Prisma.Sql> {
  const tables = await tx.$queryRaw<{ name: string }[]>`
    SELECT tablename::text AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> '_prisma_migrations'`;
  const selects = tables.map(
    ({ name }) => `SELECT '${name}' AS name, to_jsonb(t) ->> 'id' AS id, to_jsonb(t)::text AS row
      FROM ${name} t WHERE ${conditions[name] ?? 'TRUE'}`,
  );
  const outbox = `SELECT 'outbox', NULL, (to_jsonb(t) - 'position')::text FROM kit.outbox t`;
  return Prisma.raw([...selects, outbox].join(' UNION ALL '));
}

const anyKey = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
const anyPublicId = /\b[a-z]{3}_[0-9a-z]{26}\b/g;

/** All that is stored. Keys are made anew each time: one is known by the row that it is the key of. */
async function rowsIn(tx: Transaction, all: Prisma.Sql): Promise<string[]> {
  const rows = await tx.$queryRaw<{ name: string; id: string | null; row: string }[]>(all);
  const nameless = (row: string) => row.replaceAll(anyKey, '').replaceAll(anyPublicId, '');
  const names = new Map(rows.map(({ name, id, row }) => [id, digest([name, nameless(row)])]));
  return rows
    .map(
      ({ name, row }) =>
        name + row.replaceAll(anyPublicId, '').replaceAll(anyKey, (key) => names.get(key) ?? ''),
    )
    .sort();
}

const digest = (parts: readonly unknown[]): string =>
  createHash('sha256')
    .update(JSON.stringify(parts, (_key, value: unknown) => (typeof value === 'bigint' ? `${value}` : value)))
    .digest('base64');
