import type { PersonalData } from '@diaspora/kit';
import type { Db, Transaction } from '../database.js';
import { createErasure } from './erasing.js';
import { createExport } from './exporting.js';

type Dependencies = { readonly db: Db } & Parameters<typeof createErasure>[0];

/** What events keeps of a person. */
export const createEventsPersonalData = ({
  db,
  ...dependencies
}: Dependencies): PersonalData<Transaction> => ({
  exportOf: createExport(db),
  erase: createErasure(dependencies),
});
