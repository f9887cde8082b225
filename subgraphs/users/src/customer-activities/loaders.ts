import { createFirstPageLoaders, type FirstPage, type Loader } from '@diaspora/kit';
import type { CustomerActivity } from '../__generated__/prisma/client.js';
import { firstIds, type Db } from '../database.js';

export interface CustomerActivityLoaders {
  /** First pages of the history of customers. For whoever may see the customer. */
  readonly firstActivitiesOf: (page: FirstPage) => Loader<string, CustomerActivity[]>;
}

export const createCustomerActivityLoaders = (db: Db): CustomerActivityLoaders => ({
  firstActivitiesOf: createFirstPageLoaders(
    async (customerIds, page) => {
      const source = { table: 'customer_activities', parent: 'customer_id' };
      const ids = await firstIds(db, source, customerIds, page);
      return db.customerActivity.findMany({ where: { id: { in: ids } }, orderBy: page.orderBy });
    },
    (activity: CustomerActivity) => activity.customerId,
  ),
});
