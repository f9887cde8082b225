import {
  AppError,
  idempotent,
  parseInput,
  type Audit,
  type Clock,
  type LongJobRow,
  type LongJobRun,
  type LongJobs,
} from '@diaspora/kit';
import type { z } from 'zod';
import type { Customer } from '../__generated__/prisma/client.js';
import { assertMayStillAct } from '../accounts/index.js';
import type { Authority } from '../authority/index.js';
import {
  assertDepartment,
  assertMember,
  derivedFrom,
  differenceOf,
  recordActivities,
  recordedOf,
  type CustomerListing,
  type CustomerQuery,
} from '../customers/index.js';
import { Prisma, type Db, type Transaction } from '../database.js';
import { organizationIds } from '../ids.js';
import { createOwnJobs } from '../own-jobs.js';
import {
  assertNarrow,
  assertSomething,
  changed,
  changeManyCustomers,
  maxChanged,
  newBulkChange,
  newBulkRemoval,
  type BulkSet,
} from './rules.js';

type Input = z.output<typeof changeManyCustomers.input>;
type Cursor = z.output<typeof changeManyCustomers.cursor>;
export type BulkChangeRow = LongJobRow<Input, { changed: number }>;

export interface CustomerBulkDependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly audit: Audit;
  readonly authority: Authority;
  readonly listing: CustomerListing;
  readonly longJobs: LongJobs;
}

interface Given {
  readonly organizationId: string;
  readonly filter: CustomerQuery['filter'];
}

const atOnce = 500;
const nothing = '00000000-0000-0000-0000-000000000000';

/** Changes of many customers: begun by a request, done step by step in the background. */
export function createCustomerBulk(dependencies: CustomerBulkDependencies) {
  const { db, clock, audit, authority, listing, longJobs } = dependencies;
  const { find, cancel } = createOwnJobs({
    ...{ db, longJobs, job: changeManyCustomers, name: 'change' },
    recordCancelled: (tx, userId, input) => record(tx, userId, 'customers.changeCancelled', input),
  });

  async function change(userId: string, { organizationId, filter, ...given }: Given & { set: object }) {
    const { idempotencyKey: key, set } = parseInput(newBulkChange, given);
    assertSomething(set);
    if (set.departmentId) await assertMayMoveTo(userId, organizationId, set.departmentId);
    return begin(userId, key, {
      organizationId,
      filter: await listing.parseFilter(organizationId, filter),
      set,
    });
  }

  async function remove(userId: string, { organizationId, filter, ...given }: Given) {
    const { idempotencyKey: key } = parseInput(newBulkRemoval, given);
    return begin(userId, key, {
      organizationId,
      filter: await listing.parseFilter(organizationId, filter),
      set: null,
    });
  }

  async function begin(userId: string, key: string, input: Input): Promise<BulkChangeRow> {
    assertNarrow(input.filter);
    await listing.assertReaches(userId, actionOf(input), input.organizationId);
    await assertBounded(userId, input);
    const { organizationId, set } = input;
    const operation = set ? 'changeCustomers' : 'removeCustomers';
    const call = { actor: userId, operation, key, request: JSON.parse(JSON.stringify(input)) as unknown };
    const { id } = await db.$transaction((tx) =>
      idempotent(tx, call, async () => {
        if (set?.ownerId) await assertMember(tx, organizationId, set.ownerId);
        await record(tx, userId, set ? 'customers.changed' : 'customers.removed', input);
        return { id: await longJobs.start(tx, changeManyCustomers, { ownerId: userId, input }) };
      }),
    );
    return (await find(userId, id))!;
  }

  /** The trail says what was asked for; what became of each customer is in its history. */
  const record = (tx: Transaction, actorId: string, action: string, { organizationId, filter, set }: Input) =>
    audit.record(tx, {
      action,
      actorId,
      subject: { type: 'Organization', id: organizationIds.encode(organizationId) },
      after: { filter: recordedOf(filter), ...(set && { set }) },
    });

  const actionOf = ({ set }: Input) => (set ? 'customers.write' : 'customers.delete');

  async function assertBounded(userId: string, input: Input): Promise<void> {
    const fitting = await listing.condition(userId, actionOf(input), input);
    if ((await countOf(fitting)) > maxChanged)
      throw new AppError('INVALID_INPUT', `At most ${maxChanged} customers are changed at once.`, {
        path: ['filter'],
      });
  }

  async function countOf(fitting: Prisma.Sql): Promise<number> {
    const [row] = await db.$queryRaw<{ count: number }[]>`
      SELECT count(*)::int AS count FROM (
        SELECT 1 FROM customers WHERE ${fitting} LIMIT ${maxChanged + 1}) AS counted`;
    return row!.count;
  }

  async function assertMayMoveTo(
    userId: string,
    organizationId: string,
    departmentId: string,
  ): Promise<void> {
    const place = await authority.assertMay(userId, 'customers.write', departmentId, 'departmentId');
    assertDepartment(place.path);
    if (place.organizationId !== organizationId)
      throw new AppError('INVALID_INPUT', 'Customers stay in their organization.', {
        path: ['departmentId'],
      });
  }

  /** From id to id, so that each customer is looked at once, whatever it looks like after its change. */
  async function run(input: Input, job: LongJobRun<Cursor, { changed: number }>): Promise<void> {
    const { ownerId: userId } = job;
    let { after, changed: count } = job.cursor ?? { after: nothing, changed: 0 };
    let done = job.done;
    const total =
      done + (await countOf(Prisma.sql`${await fittingNow(userId, input)} AND id > ${after}::uuid`));
    for (;;) {
      const fitting = Prisma.sql`${await fittingNow(userId, input)} AND id > ${after}::uuid`;
      const step = await db.$transaction(async (tx) => {
        const rows = await take(tx, fitting);
        if (rows.length === 0) return null;
        const written = await write(tx, userId, rows, input.set);
        const reached = { after: rows.at(-1)!.id, changed: count + written };
        await job.checkpoint(tx, { done: done + rows.length, total, cursor: reached });
        return { ...reached, looked: rows.length };
      });
      if (!step) break;
      ({ after, changed: count } = step);
      done += step.looked;
    }
    await job.finish(db, { changed: count }, { done, total: done });
  }

  /** What the person may change at this moment; the department that they go to is asked for again too. */
  async function fittingNow(userId: string, input: Input): Promise<Prisma.Sql> {
    await assertMayStillAct(db, userId, clock.now());
    if (input.set?.departmentId) await assertMayMoveTo(userId, input.organizationId, input.set.departmentId);
    return listing.condition(userId, actionOf(input), input);
  }

  async function take(tx: Transaction, fitting: Prisma.Sql): Promise<Customer[]> {
    const found = await tx.$queryRaw<{ id: string }[]>`
      SELECT id FROM customers WHERE ${fitting} ORDER BY id LIMIT ${atOnce} FOR NO KEY UPDATE`;
    return tx.customer.findMany({ where: { id: { in: found.map(({ id }) => id) } }, orderBy: { id: 'asc' } });
  }

  /** Returns how many became different. */
  async function write(
    tx: Transaction,
    userId: string,
    rows: Customer[],
    set: BulkSet | null,
  ): Promise<number> {
    const at = clock.now();
    if (!set) {
      const ids = rows.map(({ id }) => id);
      const data = { removedAt: at, version: { increment: 1 } };
      await tx.customer.updateMany({ where: { id: { in: ids } }, data });
      const entry = { kind: 'REMOVED' as const, actorId: userId, happenedAt: at };
      await recordActivities(
        tx,
        ids.map((customerId) => ({ ...entry, customerId })),
      );
      return ids.length;
    }
    if (set.ownerId && rows[0]) await assertMember(tx, rows[0].organizationId, set.ownerId);
    const different = rows
      .map((row) => ({ row, next: changed(row, set), fields: differenceOf(row, changed(row, set)).fields }))
      .filter(({ fields }) => fields.length > 0);
    await writeRows(tx, different, at);
    const entry = { kind: 'UPDATED' as const, actorId: userId, happenedAt: at };
    await recordActivities(
      tx,
      different.map(({ row, fields }) => ({ ...entry, customerId: row.id, fields })),
    );
    return different.length;
  }

  async function writeRows(
    tx: Transaction,
    rows: { row: Customer; next: ReturnType<typeof changed> }[],
    at: Date,
  ): Promise<void> {
    const values = rows.map(({ row, next }) => {
      const { searchText } = derivedFrom({ ...row, ...next });
      return { id: row.id, ...next, searchText };
    });
    await tx.$executeRaw`
      UPDATE customers c SET status = next.status::customer_status, owner_id = next."ownerId",
        department_id = next."departmentId", tags = next.tags, search_text = next."searchText",
        version = c.version + 1, updated_at = ${at}::timestamptz
      FROM jsonb_to_recordset(${JSON.stringify(values)}::jsonb) AS next (
        id uuid, status text, "ownerId" uuid, "departmentId" uuid, tags text[], "searchText" text)
      WHERE c.id = next.id`;
  }

  return { change, remove, find, cancel, jobs: longJobs.on(changeManyCustomers, { run }) };
}
