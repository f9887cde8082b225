import {
  addJob,
  AppError,
  dayMs,
  parseInput,
  type Audit,
  type Clock,
  type Message,
  type Outbox,
} from '@diaspora/kit';
import type { Origin, PrivateStore, Viewer } from '@diaspora/kit';
import type { DataExport } from '../__generated__/prisma/client.js';
import type { ProvePassword } from '../accounts/index.js';
import type { Db, Transaction } from '../database.js';
import { dataExportIds, userIds } from '../ids.js';
import { assembleDataExport, mailAboutPrivacy } from '../jobs.js';
import type { UsersMessages } from '../messages.js';
import { assembleArchive } from './assembling.js';
import {
  archiveOf,
  exportRecordMs,
  exportsPerDay,
  exportStatus,
  folderOf,
  isComplete,
  isReady,
  linkSeconds,
  partsFolderOf,
  passwordInput,
  type DataExportWithParts,
} from './rules.js';

export type DataExports = ReturnType<typeof createDataExports>;

export interface DataExportsDependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly outbox: Outbox<UsersMessages>;
  readonly audit: Audit;
  readonly privateStore: PrivateStore;
  readonly provePassword: ProvePassword;
  /** How long parts are waited for, and then how long the archive stays. */
  readonly exportDays: number;
}

const newestFirst = { orderBy: { id: 'desc' } } as const;
const withParts = { include: { parts: true } } as const;
const mostShown = 10;

/** Exports of everything that is kept of a person: asked of all subgraphs, put together when the last has answered. */
export function createDataExports(dependencies: DataExportsDependencies) {
  const { db, clock, outbox, audit, privateStore, provePassword } = dependencies;
  const lifetimeMs = dependencies.exportDays * dayMs;
  const after = (ms: number) => new Date(clock.now().getTime() + ms);

  async function request(viewer: Viewer, input: unknown, origin: Origin): Promise<DataExportWithParts> {
    const { password } = parseInput(passwordInput, input);
    await provePassword(viewer, password, origin);
    return db.$transaction(async (tx) => {
      // Of two requests at once the second finds the first.
      await tx.$executeRaw`SELECT 1 FROM accounts WHERE id = ${viewer.id}::uuid FOR NO KEY UPDATE`;
      const latest = await tx.dataExport.findFirst({
        where: { personId: viewer.id },
        ...withParts,
        ...newestFirst,
      });
      if (latest && exportStatus(latest, clock.now()) === 'RUNNING') return latest;
      await assertWithinRate(tx, viewer.id);
      return begin(tx, viewer.id);
    });
  }

  async function assertWithinRate(tx: Transaction, personId: string): Promise<void> {
    const since = after(-dayMs);
    const recent = await tx.dataExport.findMany({
      where: { personId, createdAt: { gt: since } },
      orderBy: { createdAt: 'asc' },
    });
    if (recent.length < exportsPerDay) return;
    const retryAfterSeconds = Math.ceil((recent[0]!.createdAt.getTime() - since.getTime()) / 1_000);
    throw new AppError('RATE_LIMITED', `At most ${exportsPerDay} exports a day.`, { retryAfterSeconds });
  }

  async function begin(tx: Transaction, personId: string): Promise<DataExportWithParts> {
    const dataExport = await tx.dataExport.create({
      data: { id: dataExportIds.create(), personId, createdAt: clock.now(), expiresAt: after(lifetimeMs) },
      ...withParts,
    });
    const { id, expiresAt } = dataExport;
    const userId = userIds.encode(personId);
    const data = { exportId: id, userId, folder: partsFolderOf(id), expiresAt: expiresAt.toISOString() };
    await outbox.publish(tx, { type: 'privacy.exportRequested', key: userId, data });
    await record(tx, 'dataExport.requested', dataExport);
    return dataExport;
  }

  const record = (tx: Transaction, action: string, { id, personId }: DataExport) =>
    audit.record(tx, { action, subject: { type: 'DataExport', id: dataExportIds.encode(id) }, personId });

  async function lock(tx: Transaction, id: string): Promise<DataExportWithParts | null> {
    await tx.$executeRaw`SELECT 1 FROM data_exports WHERE id = ${id}::uuid FOR UPDATE`;
    return tx.dataExport.findUnique({ where: { id }, ...withParts });
  }

  /** An answer of a subgraph. One that comes again, or too late, changes nothing. */
  async function receivePart(
    { source, data }: Message<{ exportId: string; counts: Record<string, number> }>,
    tx: Transaction,
  ): Promise<void> {
    const dataExport = await lock(tx, data.exportId);
    const isOpen = dataExport && exportStatus(dataExport, clock.now()) === 'RUNNING';
    if (!isOpen || dataExport.parts.some(({ subgraph }) => subgraph === source)) return;
    const part = { exportId: data.exportId, subgraph: source, counts: data.counts, completedAt: clock.now() };
    await tx.dataExportPart.create({ data: part });
    if (!isComplete([...dataExport.parts, part])) return;
    const { exportId } = data;
    await addJob(tx, assembleDataExport, { exportId }, { jobKey: `assemble-export:${exportId}` });
  }

  /** The job: repeated after a death it writes the same archive again. */
  async function assemble({ exportId }: { exportId: string }): Promise<void> {
    const known = await db.dataExport.findUnique({ where: { id: exportId }, ...withParts });
    if (!known || exportStatus(known, clock.now()) !== 'RUNNING') return;
    const sizeBytes = await assembleArchive(privateStore, known);
    const isKept = await db.$transaction(async (tx) => {
      const dataExport = await lock(tx, exportId);
      if (!dataExport || dataExport.cancelledAt || dataExport.completedAt) return false;
      await tx.dataExport.update({
        where: { id: exportId },
        data: { completedAt: clock.now(), expiresAt: after(lifetimeMs), sizeBytes },
      });
      await addJob(tx, mailAboutPrivacy, { kind: 'dataExportReady', id: exportId });
      return true;
    });
    await privateStore.removeFolder(isKept ? partsFolderOf(exportId) : folderOf(exportId));
  }

  async function cancel(personId: string, id: string): Promise<DataExportWithParts> {
    const cancelled = await db.$transaction(async (tx) => {
      const dataExport = await lock(tx, id);
      if (dataExport?.personId !== personId)
        throw new AppError('NOT_FOUND', 'There is no such export.', { path: ['dataExportId'] });
      if (dataExport.cancelledAt) return dataExport;
      await record(tx, 'dataExport.cancelled', dataExport);
      return tx.dataExport.update({ where: { id }, data: { cancelledAt: clock.now() }, ...withParts });
    });
    await privateStore.removeFolder(folderOf(id));
    return cancelled;
  }

  const find = (personId: string, id: string): Promise<DataExportWithParts | null> =>
    db.dataExport.findFirst({ where: { id, personId }, ...withParts });

  const list = (personId: string): Promise<DataExportWithParts[]> =>
    db.dataExport.findMany({ where: { personId }, ...withParts, ...newestFirst, take: mostShown });

  /** Null unless there is an archive. */
  async function linkTo(dataExport: DataExport): Promise<string | null> {
    if (!isReady(dataExport, clock.now())) return null;
    const fileName = `diaspora-${dataExport.createdAt.toISOString().slice(0, 10)}.zip`;
    return privateStore.presignDownload({ key: archiveOf(dataExport.id), seconds: linkSeconds, fileName });
  }

  /** Removes what is over from the store, once more when its record goes: somebody may have written late. */
  async function forget(): Promise<void> {
    const now = clock.now();
    const isOver = { OR: [{ expiresAt: { lte: now } }, { cancelledAt: { not: null } }] };
    for (const { id } of await db.dataExport.findMany({ where: { clearedAt: null, ...isOver } })) {
      await privateStore.removeFolder(folderOf(id));
      await db.dataExport.update({ where: { id }, data: { clearedAt: now } });
    }
    const old = { expiresAt: { lte: after(-exportRecordMs) } };
    for (const { id } of await db.dataExport.findMany({ where: old })) {
      await privateStore.removeFolder(folderOf(id));
      await db.dataExport.delete({ where: { id } });
    }
  }

  const statusOf = (dataExport: DataExport) => exportStatus(dataExport, clock.now());

  return { request, cancel, statusOf, find, list, linkTo, receivePart, assemble, forget };
}
