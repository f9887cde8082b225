import { jobFields } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import { changing } from '../changing.js';
import { filterOf } from '../customers/index.js';
import { customerExportIds, organizationIds } from '../ids.js';
import { exportManyCustomers } from './definition.js';

export const resolvers: Resolvers = {
  Query: {
    customerExport: (_parent, { id }, { viewer, services }) =>
      services.customerExports.find(viewer!.id, customerExportIds.decode(id)),
  },
  Mutation: {
    exportCustomers: changing(async ({ organizationId, filter, ...input }, { viewer, services }) => ({
      export: await services.customerExports.start(viewer!.id, {
        ...input,
        organizationId: organizationIds.decode(organizationId),
        filter: filterOf(filter),
      }),
    })),
    cancelCustomerExport: changing(async ({ exportId }, { viewer, services }) => ({
      export: await services.customerExports.cancel(viewer!.id, customerExportIds.decode(exportId)),
    })),
  },
  CustomerExport: {
    ...jobFields(customerExportIds, exportManyCustomers),
    downloadUrl: (job, _args, { services }) => services.customerExports.downloadUrl(job),
  },
};
