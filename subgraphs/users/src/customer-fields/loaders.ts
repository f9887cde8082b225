import { createGroupLoader, type Loader } from '@diaspora/kit';
import type { CustomerField } from '../__generated__/prisma/client.js';
import type { Db } from '../database.js';

export interface CustomerFieldLoaders {
  /** By organization, by name. For whoever may see the organization. */
  readonly customerFields: Loader<string, CustomerField[]>;
}

export const createCustomerFieldLoaders = (db: Db): CustomerFieldLoaders => ({
  customerFields: createGroupLoader(
    (organizationIds) =>
      db.customerField.findMany({
        where: { organizationId: { in: [...organizationIds] } },
        orderBy: [{ nameKey: 'asc' }, { id: 'asc' }],
      }),
    (field) => field.organizationId,
  ),
});
