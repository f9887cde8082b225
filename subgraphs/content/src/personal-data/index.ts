import type { ObjectStore, PersonalData } from '@diaspora/kit';
import type { Db, Transaction } from '../database.js';
import type { Uploads } from '../media/index.js';
import { createErasure } from './erasing.js';
import { createExport } from './exporting.js';

interface Dependencies {
  readonly db: Db;
  readonly storage: Pick<ObjectStore, 'read'>;
  readonly uploads: Pick<Uploads, 'removeFilesOf'>;
}

/** What content keeps of a person. */
export const createContentPersonalData = ({
  db,
  storage,
  uploads,
  ...rest
}: Dependencies & Parameters<typeof createErasure>[0]): PersonalData<Transaction> => ({
  exportOf: createExport({ db, storage }),
  eraseFiles: uploads.removeFilesOf,
  erase: createErasure(rest),
});
