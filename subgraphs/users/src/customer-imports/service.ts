import {
  AppError,
  idempotencyKey,
  idempotent,
  onJob,
  parseInput,
  type Audit,
  type Clock,
  type LongJobRow,
  type LongJobRun,
  type LongJobs,
  type Page,
} from '@diaspora/kit';
import { z } from 'zod';
import type { CustomerImportRow as StagedCustomer } from '../__generated__/prisma/client.js';
import { assertMayStillAct } from '../accounts/index.js';
import type { Authority } from '../authority/index.js';
import type { Budgets } from '../budgets/index.js';
import type { CustomerFields } from '../customer-fields/index.js';
import { assertDepartment } from '../customers/index.js';
import type { Db, Transaction } from '../database.js';
import { nodeIds } from '../ids.js';
import { createOwnJobs } from '../own-jobs.js';
import {
  importManyCustomers,
  removeCustomerUpload,
  type ImportCursor,
  type ImportInput,
  type ImportResult,
} from './definition.js';
import { readRecords } from './reading.js';
import { columnsOf, isBlank, readRow } from './rules.js';
import { addReady, clearReady, countFaults, markDuplicates, stage } from './staging.js';
import { createImportUploads, type ImportUpload, type UploadStore } from './uploads.js';

export type CustomerImportRow = LongJobRow<ImportInput, ImportResult>;

export interface CustomerImportsDependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly audit: Audit;
  readonly authority: Authority;
  readonly budgets: Budgets;
  readonly fields: CustomerFields;
  readonly longJobs: LongJobs;
  readonly privateStore: UploadStore;
}

const atOnce = 1_000;
/** To add all rows of the largest file in one transaction. */
const addingMs = 120_000;

const wanted = z.object({
  idempotencyKey: idempotencyKey(),
  isDryRun: z.boolean().nullish().transform(Boolean),
  faultyRows: z
    .enum(['REFUSE_ALL', 'LEAVE_OUT'])
    .nullish()
    .transform((given) => given ?? ('REFUSE_ALL' as const)),
  allowDuplicates: z.boolean().nullish().transform(Boolean),
});

/** Customers from a file: looked at row by row, added all at once or not at all. */
export function createCustomerImports(dependencies: CustomerImportsDependencies) {
  const { db, clock, audit, authority, fields, longJobs } = dependencies;
  const uploads = createImportUploads(dependencies);
  const { find, cancel } = createOwnJobs({
    ...{ db, longJobs, job: importManyCustomers, name: 'import' },
    recordCancelled: (tx, userId, input) => record(tx, userId, 'customers.importCancelled', input, {}),
  });

  async function assertMayImport(userId: string, departmentId: string) {
    const place = await authority.assertMay(userId, 'customers.import', departmentId, 'departmentId');
    assertDepartment(place.path);
    return place;
  }

  async function requestUpload(
    userId: string,
    { departmentId, ...given }: { departmentId: string },
  ): Promise<ImportUpload> {
    await assertMayImport(userId, departmentId);
    return uploads.request(userId, given);
  }

  async function start(
    userId: string,
    { departmentId, uploadId, ...given }: { departmentId: string; uploadId: string },
  ): Promise<CustomerImportRow> {
    const { idempotencyKey: key, ...options } = parseInput(wanted, given);
    const { organizationId } = await assertMayImport(userId, departmentId);
    await uploads.assertArrived(userId, uploadId);
    const input = { organizationId, departmentId, uploadId, ...options };
    const call = { actor: userId, operation: 'importCustomers', key, request: input };
    const { id } = await db.$transaction((tx) =>
      idempotent(tx, call, async () => {
        await record(tx, userId, 'customers.importBegun', input, {});
        // One at a time in a department: the second would not see what the first one adds.
        const begun = { ownerId: userId, input, key: departmentId };
        return { id: await longJobs.start(tx, importManyCustomers, begun) };
      }),
    );
    return (await find(userId, id))!;
  }

  async function run(input: ImportInput, job: LongJobRun<ImportCursor, ImportResult>): Promise<void> {
    const { head, rows } = await readRecords(await uploads.read(job.ownerId, input.uploadId));
    const columns = columnsOf(head, await fields.listOf(input.organizationId));
    const total = rows.length;
    for (let read = job.cursor?.read ?? 0; read < total;) {
      const next = rows.slice(read, read + atOnce);
      const staged = next.flatMap((row, index) =>
        // The head is row 1 of a spreadsheet.
        isBlank(row) ? [] : [{ row: read + index + 2, read: readRow(columns, row) }],
      );
      read += next.length;
      await db.$transaction(async (tx) => {
        await assertMayStillAct(tx, job.ownerId, clock.now());
        await stage(tx, job.id, staged);
        await job.checkpoint(tx, { done: read, total, cursor: { read } });
      });
    }
    await assertMayImport(job.ownerId, input.departmentId);
    await conclude(input, job, total);
  }

  /** All in one transaction: before its commit nothing is there, and after it everything is, and is said to be. */
  const conclude = (input: ImportInput, job: LongJobRun<ImportCursor, ImportResult>, total: number) =>
    db.$transaction(
      async (tx) => {
        await assertMayStillAct(tx, job.ownerId, clock.now());
        await tx.$executeRaw`SELECT set_config('statement_timeout', ${String(addingMs)}, true)`;
        if (!input.allowDuplicates) await markDuplicates(tx, job.id, input.departmentId);
        const faults = await countFaults(tx, job.id);
        const isAdded = !input.isDryRun && (faults === 0 || input.faultyRows === 'LEAVE_OUT');
        const imported = isAdded ? await addReady(tx, job, input, clock) : 0;
        await clearReady(tx, job.id);
        const counts = { rows: total, faults, imported };
        if (isAdded) await record(tx, job.ownerId, 'customers.imported', input, counts);
        // Not thrown here: what is wrong with the rows is kept.
        if (isAdded || input.isDryRun) await job.finish(tx, { imported }, { done: total, total });
        else await job.fail(tx, refusal(faults));
      },
      { timeout: addingMs },
    );

  const refusal = (faults: number) =>
    new AppError('INVALID_INPUT', `Rows with faults: ${faults}. Nothing was added.`);

  const abandon = (_input: ImportInput, { id }: { readonly id: string }): Promise<void> => clearReady(db, id);

  const listFaults = (id: string, page: Page): Promise<StagedCustomer[]> =>
    db.customerImportRow.findMany({
      where: { AND: [{ jobId: id, fault: { not: null } }, page.where] },
      orderBy: page.orderBy,
      take: page.take,
    });

  /** Reports go with their imports. */
  async function forget(): Promise<void> {
    await db.$executeRaw`
      DELETE FROM customer_import_rows staged
      WHERE NOT EXISTS (SELECT 1 FROM kit.long_jobs job WHERE job.id = staged.job_id)`;
  }

  const record = (
    tx: Transaction,
    actorId: string,
    action: string,
    { departmentId, isDryRun, faultyRows, allowDuplicates }: ImportInput,
    counts: object,
  ) =>
    audit.record(tx, {
      action,
      actorId,
      subject: { type: 'OrganizationNode', id: nodeIds.encode(departmentId) },
      after: { isDryRun, faultyRows, allowDuplicates, ...counts },
    });

  return {
    ...{ requestUpload, start, find, cancel, listFaults, forget },
    countFaults: (id: string) => countFaults(db, id),
    jobs: {
      ...longJobs.on(importManyCustomers, { run, abandon }),
      ...onJob(removeCustomerUpload, uploads.remove),
    },
  };
}
