import { createLongJobs, onJob, type Viewer } from '@diaspora/kit';
import type { Auditing } from './audit/index.js';
import type { Authority } from './authority/index.js';
import type { Budgets } from './budgets/index.js';
import {
  createCustomerActivities,
  createCustomerActivityLoaders,
  customerActivitiesSlice,
} from './customer-activities/index.js';
import { createCustomerBulk, customerBulkSlice } from './customer-bulk/index.js';
import { createCustomerExports, customerExportsSlice } from './customer-exports/index.js';
import {
  createCustomerFieldLoaders,
  createCustomerFields,
  customerFieldsSlice,
} from './customer-fields/index.js';
import { createCustomerImports, customerImportsSlice } from './customer-imports/index.js';
import {
  createCustomerMergeLoaders,
  createCustomerMerges,
  customerMergesSlice,
} from './customer-merges/index.js';
import {
  createCustomerNoteLoaders,
  createCustomerNotes,
  customerNotesSlice,
} from './customer-notes/index.js';
import {
  createCustomerTaskLoaders,
  createCustomerTasks,
  createReleasing,
  customerTasksSlice,
} from './customer-tasks/index.js';
import {
  createCustomerAccess,
  createCustomerListing,
  createCustomerLoaders,
  createCustomers,
  customersSlice,
} from './customers/index.js';
import type { Foundation } from './dependencies.js';
import { releaseCustomers } from './jobs.js';

interface Dependencies extends Foundation {
  readonly authority: Authority;
  readonly budgets: Budgets;
  readonly eraseAuditDetails: Auditing['eraseAuditDetails'];
}

export type CustomerParts = ReturnType<typeof composeCustomers>;

/** The customers of organizations, put together. */
export function composeCustomers(dependencies: Dependencies) {
  const { db, clock, authority } = dependencies;
  const longJobs = createLongJobs({ db, clock });
  const access = createCustomerAccess({ db, authority });
  const fields = createCustomerFields(dependencies);
  const customers = createCustomers({ ...dependencies, access, fields });
  const listing = createCustomerListing({ db, authority, fields });
  const common = { ...dependencies, access, fields, customers, listing, longJobs };
  const services = {
    customers,
    customerListing: listing,
    customerFields: fields,
    customerNotes: createCustomerNotes(common),
    customerTasks: createCustomerTasks(common),
    customerActivities: createCustomerActivities(common),
    customerMerges: createCustomerMerges(common),
    customerBulk: createCustomerBulk(common),
    customerImports: createCustomerImports(common),
    customerExports: createCustomerExports(common),
  };
  const { customerBulk, customerImports, customerExports } = services;
  return {
    services,
    slices: [
      customersSlice,
      customerFieldsSlice,
      customerNotesSlice,
      customerTasksSlice,
      customerActivitiesSlice,
      customerMergesSlice,
      customerBulkSlice,
      customerImportsSlice,
      customerExportsSlice,
    ],
    createLoaders: (viewer: Viewer | null) => ({
      ...createCustomerLoaders(db, access, viewer),
      ...createCustomerFieldLoaders(db),
      ...createCustomerNoteLoaders(db),
      ...createCustomerTaskLoaders(db),
      ...createCustomerActivityLoaders(db),
      ...createCustomerMergeLoaders(db, clock),
    }),
    jobs: {
      ...onJob(releaseCustomers, createReleasing({ db, customers }).release),
      ...fields.jobs,
      ...customerBulk.jobs,
      ...customerImports.jobs,
      ...customerExports.jobs,
    },
    /** Each night. */
    forget: async (): Promise<void> => {
      await customers.forgetRemoved();
      await customerImports.forget();
    },
  };
}
