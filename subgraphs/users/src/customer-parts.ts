import type { Audit, Clock, JobTasks, LongJobs, PrivateStore, Viewer } from '@diaspora/kit';
import type { Auditing } from './audit/index.js';
import type { Authority } from './authority/index.js';
import type { Budgets } from './budgets/index.js';
import {
  createCustomerActivities,
  createCustomerActivityLoaders,
  customerActivitiesSlice,
  type CustomerActivities,
  type CustomerActivityLoaders,
} from './customer-activities/index.js';
import { createCustomerBulk, customerBulkSlice, type CustomerBulk } from './customer-bulk/index.js';
import {
  createCustomerExports,
  customerExportsSlice,
  type CustomerExports,
} from './customer-exports/index.js';
import {
  createCustomerFieldLoaders,
  createCustomerFields,
  customerFieldsSlice,
  type CustomerFieldLoaders,
  type CustomerFields,
} from './customer-fields/index.js';
import {
  createCustomerImports,
  customerImportsSlice,
  type CustomerImports,
} from './customer-imports/index.js';
import {
  createCustomerMergeLoaders,
  createCustomerMerges,
  customerMergesSlice,
  type CustomerMergeLoaders,
  type CustomerMerges,
} from './customer-merges/index.js';
import {
  createCustomerNoteLoaders,
  createCustomerNotes,
  customerNotesSlice,
  type CustomerNoteLoaders,
  type CustomerNotes,
} from './customer-notes/index.js';
import {
  createCustomerTaskLoaders,
  createCustomerTasks,
  customerTasksSlice,
  type CustomerTaskLoaders,
  type CustomerTasks,
} from './customer-tasks/index.js';
import {
  createCustomerAccess,
  createCustomerListing,
  createCustomerLoaders,
  createCustomers,
  customersSlice,
  type CustomerListing,
  type CustomerLoaders,
  type Customers,
} from './customers/index.js';
import type { Db } from './database.js';

export interface CustomerServices {
  readonly customers: Customers;
  readonly customerListing: CustomerListing;
  readonly customerFields: CustomerFields;
  readonly customerNotes: CustomerNotes;
  readonly customerTasks: CustomerTasks;
  readonly customerActivities: CustomerActivities;
  readonly customerMerges: CustomerMerges;
  readonly customerBulk: CustomerBulk;
  readonly customerImports: CustomerImports;
  readonly customerExports: CustomerExports;
}

export type CustomerPartLoaders = CustomerLoaders &
  CustomerFieldLoaders &
  CustomerNoteLoaders &
  CustomerTaskLoaders &
  CustomerActivityLoaders &
  CustomerMergeLoaders;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly audit: Audit;
  readonly authority: Authority;
  readonly budgets: Budgets;
  readonly longJobs: LongJobs;
  readonly privateStore: PrivateStore;
  readonly eraseAuditDetails: Auditing['eraseAuditDetails'];
}

/** The customers of organizations, put together. */
export function composeCustomers(dependencies: Dependencies) {
  const { db, clock, audit, authority, budgets, longJobs, privateStore, eraseAuditDetails } = dependencies;
  const access = createCustomerAccess({ db, authority });
  const fields = createCustomerFields({ db, clock, audit, authority });
  const customers = createCustomers({ db, clock, audit, authority, access, fields, eraseAuditDetails });
  const listing = createCustomerListing({ db, authority, fields });
  const stored = { db, clock, audit, authority, fields, longJobs, privateStore };
  const imports = createCustomerImports({ ...stored, budgets });
  const exports = createCustomerExports({ ...stored, listing });
  const services: CustomerServices = {
    customers,
    customerListing: listing,
    customerFields: fields,
    customerNotes: createCustomerNotes({ db, clock, access, customers }),
    customerTasks: createCustomerTasks({ db, clock, access, customers, listing }),
    customerActivities: createCustomerActivities({ db, clock, access, customers }),
    customerMerges: createCustomerMerges({ db, clock, access, customers }),
    customerBulk: createCustomerBulk({ db, clock, audit, authority, listing, longJobs }),
    customerImports: imports,
    customerExports: exports,
  };
  const jobs: JobTasks = {
    ...fields.jobs,
    ...services.customerBulk.jobs,
    ...imports.jobs,
    ...exports.jobs,
  };
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
    createLoaders: (viewer: Viewer | null): CustomerPartLoaders => ({
      ...createCustomerLoaders(db, access, viewer),
      ...createCustomerFieldLoaders(db),
      ...createCustomerNoteLoaders(db),
      ...createCustomerTaskLoaders(db),
      ...createCustomerActivityLoaders(db),
      ...createCustomerMergeLoaders(db, clock),
    }),
    jobs,
    /** Each night. */
    forget: async (): Promise<void> => {
      await customers.forgetRemoved();
      await imports.forget();
    },
  };
}
