import { z } from 'zod';
import { dayMs } from '../durations.js';
import type { Clock } from '../clock.js';
import type { IdType } from '../ids.js';
import { addJob, defineJob, onJob, type JobTasks } from '../jobs/index.js';
import { createOutbox, messagesFrom, type MessageHandler, type SqlTransaction } from '../messages/index.js';
import type { PrivateStore } from '../storage/index.js';
import { createArchive, type Archive } from './archive.js';
import { personalDataAnswers, personalDataRequests, type PersonalDataRequests } from './messages.js';
import { eraseOwnTables } from './own-tables.js';

/** What a subgraph keeps of a person (by key), given to them and taken away. Both can be repeated at any point. */
export interface PersonalData<Tx> {
  /** Writes everything that is the person's. What belongs to others is named by its id at most. */
  exportOf(personId: string, archive: Archive): Promise<void>;
  /** What lies outside the database and is found through it, such as files: before `erase`. */
  eraseFiles?(personId: string): Promise<void>;
  /**
   * Erases what is the person's, in one transaction with the answer, and tells others what they copied of it. Rows that
   * others need keep the key, which leads to nobody. Answers how many of what it changed. `isLate`: the second pass.
   */
  erase(tx: Tx, personId: string, isLate: boolean): Promise<Readonly<Record<string, number>>>;
}

interface Dependencies<Tx> {
  readonly source: string;
  /** Who keeps the accounts, and so asks. */
  readonly requestedBy: string;
  /** Public ids of people. */
  readonly personIds: IdType;
  readonly clock: Clock;
  readonly store: Pick<PrivateStore, 'put' | 'removeFolder'>;
  /** As Prisma has it. */
  readonly db: {
    $transaction<T>(run: (tx: Tx) => Promise<T>, options: { timeout: number }): Promise<T>;
  };
  readonly personalData: PersonalData<Tx>;
}

export interface PersonalDataParts<Tx> {
  readonly handlers: readonly MessageHandler<Tx>[];
  readonly jobs: JobTasks;
}

export const exportPersonalData = defineJob(
  'exportPersonalData',
  z.object({ exportId: z.uuid(), personId: z.uuid(), folder: z.string(), expiresAt: z.iso.datetime() }),
);
export const erasePersonalData = defineJob(
  'erasePersonalData',
  z.object({ erasureId: z.uuid(), personId: z.uuid(), isLate: z.boolean().default(false) }),
);

/** Longer than messages are kept by those who send them (7 days): what was under way has arrived by then. */
export const messagesLiveMs = 9 * dayMs;
/** One person's data of many years is one transaction. */
const erasureTimeoutMs = 300_000;

/**
 * How a subgraph answers for the personal data it keeps: requests become jobs, which survive a killed process, can be
 * repeated, and answer in the transaction that does the work. An erasure has a second pass, after everything that was
 * under way when it began has arrived or was given up.
 */
export function createPersonalData<Tx extends SqlTransaction>(
  dependencies: Dependencies<Tx>,
): PersonalDataParts<Tx> {
  const { source, requestedBy, personIds, clock, store, db, personalData } = dependencies;
  const outbox = createOutbox(personalDataAnswers(source), { clock });
  const requests = messagesFrom<PersonalDataRequests, Tx>(requestedBy);

  async function writeExport({
    exportId,
    personId,
    folder,
    expiresAt,
  }: z.output<typeof exportPersonalData.schema>) {
    if (new Date(expiresAt) <= clock.now()) return; // Nobody waits for it, and nobody would remove it.
    const own = `${folder}${source}/`;
    await store.removeFolder(own);
    const archive = createArchive(store, own);
    await personalData.exportOf(personId, archive);
    await inTransaction((tx) =>
      outbox.publish(tx, {
        type: 'privacy.exportPart',
        key: exportId,
        data: { exportId, counts: archive.counts },
      }),
    );
  }

  async function erase({ erasureId, personId, isLate }: z.output<typeof erasePersonalData.schema>) {
    await personalData.eraseFiles?.(personId);
    await inTransaction(async (tx) => {
      await tx.$executeRaw`SET LOCAL statement_timeout = '5min'`;
      const counts = await personalData.erase(tx, personId, isLate);
      await eraseOwnTables(tx, [personId, personIds.encode(personId)]);
      if (isLate) return;
      await outbox.publish(tx, {
        type: 'privacy.erased',
        key: erasureId,
        data: { erasureId, counts: { ...counts } },
      });
      const runAt = new Date(clock.now().getTime() + messagesLiveMs);
      const late = { erasureId, personId, isLate: true };
      await addJob(tx, erasePersonalData, late, { runAt, jobKey: `erase-late:${erasureId}` });
    });
  }

  const inTransaction = <T>(run: (tx: Tx) => Promise<T>): Promise<T> =>
    db.$transaction(run, { timeout: erasureTimeoutMs });

  return {
    handlers: [
      requests.on(
        'privacy.exportRequested',
        personalDataRequests['privacy.exportRequested'].schema,
        async ({ data: { userId, ...request } }, tx) => {
          const personId = personIds.decode(userId);
          await addJob(
            tx,
            exportPersonalData,
            { ...request, personId },
            { jobKey: `export:${request.exportId}` },
          );
        },
      ),
      requests.on(
        'user.erasureRequested',
        personalDataRequests['user.erasureRequested'].schema,
        async ({ data: { erasureId, userId } }, tx) => {
          const personId = personIds.decode(userId);
          await addJob(tx, erasePersonalData, { erasureId, personId }, { jobKey: `erase:${erasureId}` });
        },
      ),
    ],
    jobs: { ...onJob(exportPersonalData, writeExport), ...onJob(erasePersonalData, erase) },
  };
}
