import type { PersonalData, PrivateStore } from '@diaspora/kit';
import type { Db, Transaction } from '../database.js';
import { folderOf } from '../privacy/index.js';
import { createErasure } from './erasing.js';
import { createExport } from './exporting.js';

interface Dependencies {
  readonly db: Db;
  readonly privateStore: Pick<PrivateStore, 'removeFolder'>;
}

/** What users keep of a person. */
export const createUsersPersonalData = ({
  db,
  privateStore,
  ...rest
}: Dependencies & Parameters<typeof createErasure>[0]): PersonalData<Transaction> => ({
  exportOf: createExport(db),
  eraseFiles: async (personId) => {
    for (const { id } of await db.dataExport.findMany({ where: { personId } }))
      await privateStore.removeFolder(folderOf(id));
  },
  erase: createErasure(rest),
});
