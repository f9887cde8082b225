import { createFirstPageLoaders, type FirstPage, type Loader } from '@diaspora/kit';
import type { CustomerNote } from '../__generated__/prisma/client.js';
import { firstRows, type Db } from '../database.js';

export interface CustomerNoteLoaders {
  /** First pages of the notes of customers. For whoever may see the customer. */
  readonly firstNotesOf: (page: FirstPage) => Loader<string, CustomerNote[]>;
}

export const createCustomerNoteLoaders = (db: Db): CustomerNoteLoaders => ({
  firstNotesOf: createFirstPageLoaders(
    firstRows(db, { table: 'customer_notes', parent: 'customer_id' }, (rows) =>
      db.customerNote.findMany(rows),
    ),
    (note: CustomerNote) => note.customerId,
  ),
});
