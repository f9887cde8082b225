import {
  addJob,
  AppError,
  dayMs,
  parseInput,
  type Clock,
  type PrivateStore,
  type UploadForm,
} from '@diaspora/kit';
import { z } from 'zod';
import { window, type Budgets } from '../budgets/index.js';
import type { Db } from '../database.js';
import { customerUploadIds } from '../ids.js';
import { removeCustomerUpload } from './definition.js';

export const maxUploadBytes = 10_000_000;
const formSeconds = 900;
const keptMs = dayMs;
/** Of one person: each form is room in the store. */
const uploadForms = window('account.customerUploads', 20, keptMs);

export interface ImportUpload {
  readonly id: string;
  readonly form: UploadForm;
  readonly expiresAt: Date;
}

const upload = z.object({
  sizeBytes: z
    .int()
    .min(1)
    .max(maxUploadBytes, { message: `must be ${maxUploadBytes / 1_000_000} MB at most` }),
});

/** What of the private store files are posted to and read from. */
export type UploadStore = Pick<PrivateStore, 'presignUpload' | 'read' | 'remove'>;

/** Files to be imported: in the private store, under whose they are, for a day. */
export function createImportUploads({
  db,
  clock,
  budgets,
  privateStore,
}: {
  readonly db: Db;
  readonly clock: Clock;
  readonly budgets: Budgets;
  readonly privateStore: UploadStore;
}) {
  const keyOf = (userId: string, uploadId: string) => `customer-imports/${userId}/${uploadId}.csv`;

  return {
    async request(userId: string, given: unknown): Promise<ImportUpload> {
      const { sizeBytes } = parseInput(upload, given);
      await budgets.spend(uploadForms, userId);
      const id = customerUploadIds.create();
      const now = clock.now().getTime();
      await addJob(
        db,
        removeCustomerUpload,
        { userId, uploadId: id },
        { runAt: new Date(now + formSeconds * 1_000 + keptMs) },
      );
      const form = await privateStore.presignUpload({
        ...{ key: keyOf(userId, id), contentType: 'text/csv', sizeBytes, seconds: formSeconds },
      });
      return { id, form, expiresAt: new Date(now + formSeconds * 1_000) };
    },
    /** Throws NOT_FOUND for a file that has not arrived, or is somebody else's. */
    async assertArrived(userId: string, uploadId: string): Promise<void> {
      if (!(await privateStore.read(keyOf(userId, uploadId), 1)))
        throw new AppError('NOT_FOUND', 'The file has not arrived at the store.', { path: ['uploadId'] });
    },
    /** Its text. Throws INVALID_INPUT when it is gone, or no text. */
    async read(userId: string, uploadId: string): Promise<string> {
      const content = await privateStore.read(keyOf(userId, uploadId), maxUploadBytes);
      if (!content) throw new AppError('INVALID_INPUT', 'The file is gone: upload it again.');
      try {
        return new TextDecoder('utf-8', { fatal: true }).decode(content.bytes);
      } catch {
        throw new AppError('INVALID_INPUT', 'The file is not text in UTF-8.');
      }
    },
    remove: ({ userId, uploadId }: { userId: string; uploadId: string }) =>
      privateStore.remove(keyOf(userId, uploadId)),
  };
}
