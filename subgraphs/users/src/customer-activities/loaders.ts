import { createFirstPageLoaders, type FirstPage, type Loader } from '@diaspora/kit';
import type { CustomerActivity } from '../__generated__/prisma/client.js';
import { firstRows, type Db } from '../database.js';

export interface CustomerActivityLoaders {
  /** First pages of the history of customers. For whoever may see the customer. */
  readonly firstActivitiesOf: (page: FirstPage) => Loader<string, CustomerActivity[]>;
}

export const createCustomerActivityLoaders = (db: Db): CustomerActivityLoaders => ({
  firstActivitiesOf: createFirstPageLoaders(
    firstRows(db, { table: 'customer_activities', parent: 'customer_id' }, (rows) =>
      db.customerActivity.findMany(rows),
    ),
    (activity: CustomerActivity) => activity.customerId,
  ),
});
