import { createRowLoader, type Loader, type Viewer } from '@diaspora/kit';
import type { Customer } from '../__generated__/prisma/client.js';
import type { Db } from '../database.js';
import type { CustomerAccess } from './access.js';

export interface CustomerLoaders {
  /** Null also for those whom the viewer may not read; removed ones are shown to whoever may bring them back. */
  readonly customer: Loader<string, Customer | null>;
}

export const createCustomerLoaders = (
  db: Db,
  access: CustomerAccess,
  viewer: Viewer | null,
): CustomerLoaders => ({
  customer: createRowLoader(
    async (ids) =>
      access.shownTo(viewer?.id ?? null, await db.customer.findMany({ where: { id: { in: [...ids] } } })),
    (customer) => customer.id,
  ),
});
