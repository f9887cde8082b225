import { createFirstPageLoaders, type FirstPage, type Loader } from '@diaspora/kit';
import type { CustomerTask } from '../__generated__/prisma/client.js';
import { firstRows, type Db } from '../database.js';

export interface CustomerTaskLoaders {
  /** First pages of the tasks of customers. For whoever may see the customer. */
  readonly firstTasksOf: (page: FirstPage) => Loader<string, CustomerTask[]>;
}

export const createCustomerTaskLoaders = (db: Db): CustomerTaskLoaders => ({
  firstTasksOf: createFirstPageLoaders(
    firstRows(db, { table: 'customer_tasks', parent: 'customer_id' }, (rows) =>
      db.customerTask.findMany(rows),
    ),
    (task: CustomerTask) => task.customerId,
  ),
});
