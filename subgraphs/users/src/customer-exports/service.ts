import { Readable } from 'node:stream';
import {
  addJob,
  dayMs,
  idempotencyKey,
  idempotent,
  onJob,
  parseInput,
  type Audit,
  type Clock,
  type LongJobRow,
  type LongJobRun,
  type LongJobs,
  type PrivateStore,
} from '@diaspora/kit';
import { z } from 'zod';
import type { Customer } from '../__generated__/prisma/client.js';
import { assertMayStillAct } from '../accounts/index.js';
import type { Authority, Reach } from '../authority/index.js';
import type { CustomerFields } from '../customer-fields/index.js';
import { recordedOf, type CustomerListing, type CustomerQuery } from '../customers/index.js';
import type { Db, Transaction } from '../database.js';
import { organizationIds } from '../ids.js';
import { createOwnJobs } from '../own-jobs.js';
import {
  exportManyCustomers,
  keptDays,
  removeCustomerExport,
  type ExportInput,
  type ExportResult,
} from './definition.js';
import { headOf, linesOf } from './writing.js';

export type CustomerExportRow = LongJobRow<ExportInput, ExportResult>;

export interface CustomerExportsDependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly audit: Audit;
  readonly authority: Authority;
  readonly listing: CustomerListing;
  readonly fields: CustomerFields;
  readonly longJobs: LongJobs;
  readonly privateStore: PrivateStore;
}

const atOnce = 1_000;
const linkSeconds = 300;
const first = '00000000-0000-0000-0000-000000000000';
const keyOf = (id: string) => `customer-exports/${id}.csv`;
const wanted = z.object({ idempotencyKey: idempotencyKey() });

/** Customers as a file, for a week. */
export function createCustomerExports(dependencies: CustomerExportsDependencies) {
  const { db, clock, audit, authority, listing, fields, longJobs, privateStore } = dependencies;
  const { find, cancel } = createOwnJobs({
    ...{ db, longJobs, job: exportManyCustomers, name: 'export' },
    recordCancelled: (tx, userId, input) => record(tx, userId, 'customers.exportCancelled', input),
  });

  async function start(
    userId: string,
    { organizationId, filter: given, ...rest }: { organizationId: string; filter: CustomerQuery['filter'] },
  ): Promise<CustomerExportRow> {
    const { idempotencyKey: key } = parseInput(wanted, rest);
    await listing.assertReaches(userId, 'customers.export', organizationId);
    const filter = await listing.parseFilter(organizationId, given);
    const input = { organizationId, filter };
    const request = JSON.parse(JSON.stringify(input)) as unknown;
    const { id } = await db.$transaction((tx) =>
      idempotent(tx, { actor: userId, operation: 'exportCustomers', key, request }, async () => {
        await record(tx, userId, 'customers.exported', input);
        const begun = { ownerId: userId, input, key: userId };
        return { id: await longJobs.start(tx, exportManyCustomers, begun) };
      }),
    );
    return (await find(userId, id))!;
  }

  async function downloadUrl({
    id,
    ownerId,
    status,
    finishedAt,
    input,
    result,
  }: CustomerExportRow): Promise<string | null> {
    const isKept = finishedAt && clock.now().getTime() < finishedAt.getTime() + keptDays * dayMs;
    if (status !== 'SUCCEEDED' || !isKept || !result) return null;
    const reach = await authority.reach(ownerId, 'customers.export', input.organizationId);
    if (!reach || !reachesAll(reach, result.departmentIds)) return null;
    const fileName = `customers-${finishedAt.toISOString().slice(0, 10)}.csv`;
    return privateStore.presignDownload({ key: keyOf(id), seconds: linkSeconds, fileName });
  }

  async function run(input: ExportInput, job: LongJobRun<null, ExportResult>): Promise<void> {
    let written = 0;
    const departmentIds = new Set<string>();
    let fault: unknown;
    /** The store says in words of its own that its source failed. */
    async function* content() {
      try {
        for await (const { text, rows } of pages(input, job.ownerId)) {
          yield text;
          written += rows.length;
          for (const { departmentId } of rows) departmentIds.add(departmentId);
          await job.progress({ done: written });
        }
      } catch (error) {
        fault = error;
        throw error;
      }
    }
    const file = {
      body: Readable.from(content(), { objectMode: false }),
      contentType: 'text/csv; charset=utf-8',
    };
    try {
      await privateStore.put(keyOf(job.id), file);
    } catch (error) {
      throw fault ?? error;
    }
    const runAt = new Date(clock.now().getTime() + keptDays * dayMs);
    await db.$transaction(async (tx) => {
      await assertMayStillAct(tx, job.ownerId, clock.now());
      await addJob(tx, removeCustomerExport, { id: job.id }, { runAt });
      await job.finish(tx, { departmentIds: [...departmentIds] }, { done: written, total: written });
    });
  }

  /** What the person may take away at this moment, from id to id. */
  async function* pages({ organizationId, filter }: ExportInput, userId: string) {
    const columns = await fields.listOf(organizationId);
    yield { text: headOf(columns), rows: [] };
    for (let after = first; ;) {
      await assertMayStillAct(db, userId, clock.now());
      const fitting = await listing.condition(userId, 'customers.export', { organizationId, filter });
      const found = await db.$queryRaw<{ id: string }[]>`
        SELECT id FROM customers WHERE ${fitting} AND id > ${after}::uuid ORDER BY id LIMIT ${atOnce}`;
      if (found.length === 0) return;
      const where = { id: { in: found.map(({ id }) => id) } };
      const rows: Customer[] = await db.customer.findMany({ where, orderBy: { id: 'asc' } });
      yield { text: linesOf(rows, columns), rows };
      after = found.at(-1)!.id;
    }
  }

  const remove = ({ id }: { readonly id: string }) => privateStore.remove(keyOf(id));

  const record = (
    tx: Transaction,
    actorId: string,
    action: string,
    { organizationId, filter }: ExportInput,
  ) =>
    audit.record(tx, {
      action,
      actorId,
      subject: { type: 'Organization', id: organizationIds.encode(organizationId) },
      after: { filter: recordedOf(filter) },
    });

  return {
    ...{ start, find, cancel, downloadUrl },
    jobs: {
      ...longJobs.on(exportManyCustomers, { run, abandon: (_input, job) => remove(job) }),
      ...onJob(removeCustomerExport, remove),
    },
  };
}

/** Each of these departments; and some, where a file has nobody in it. */
const reachesAll = (reach: Reach, departmentIds: readonly string[]): boolean =>
  'only' in reach
    ? reach.only.length > 0 && departmentIds.every((id) => reach.only.includes(id))
    : !departmentIds.some((id) => reach.except.includes(id));
