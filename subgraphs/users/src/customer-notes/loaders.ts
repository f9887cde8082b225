import { createFirstPageLoaders, type FirstPage, type Loader } from '@diaspora/kit';
import type { CustomerNote } from '../__generated__/prisma/client.js';
import { firstIds, type Db } from '../database.js';

export interface CustomerNoteLoaders {
  /** First pages of the notes of customers. For whoever may see the customer. */
  readonly firstNotesOf: (page: FirstPage) => Loader<string, CustomerNote[]>;
}

export const createCustomerNoteLoaders = (db: Db): CustomerNoteLoaders => ({
  firstNotesOf: createFirstPageLoaders(
    async (customerIds, page) => {
      const ids = await firstIds(db, { table: 'customer_notes', parent: 'customer_id' }, customerIds, page);
      return db.customerNote.findMany({ where: { id: { in: ids } }, orderBy: page.orderBy });
    },
    (note: CustomerNote) => note.customerId,
  ),
});
