import { createFirstPageLoaders, type FirstPage, type Loader } from '@diaspora/kit';
import type { CustomerTask } from '../__generated__/prisma/client.js';
import { firstIds, type Db } from '../database.js';

export interface CustomerTaskLoaders {
  /** First pages of the tasks of customers. For whoever may see the customer. */
  readonly firstTasksOf: (page: FirstPage) => Loader<string, CustomerTask[]>;
}

export const createCustomerTaskLoaders = (db: Db): CustomerTaskLoaders => ({
  firstTasksOf: createFirstPageLoaders(
    async (customerIds, page) => {
      const ids = await firstIds(db, { table: 'customer_tasks', parent: 'customer_id' }, customerIds, page);
      return db.customerTask.findMany({ where: { id: { in: ids } }, orderBy: page.orderBy });
    },
    (task: CustomerTask) => task.customerId,
  ),
});
