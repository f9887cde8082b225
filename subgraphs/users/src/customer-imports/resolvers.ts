import { jobFields, parsePage, toConnection, type SortKey } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import { changing } from '../changing.js';
import { customerImportIds, customerUploadIds, nodeIds } from '../ids.js';
import { importManyCustomers } from './definition.js';

const byRow: SortKey[] = [{ field: 'row', direction: 'asc', type: 'number' }];

export const resolvers: Resolvers = {
  Query: {
    customerImport: (_parent, { id }, { viewer, services }) =>
      services.customerImports.find(viewer!.id, customerImportIds.decode(id)),
  },
  Mutation: {
    requestCustomerUpload: changing(async ({ departmentId, ...input }, { viewer, services }) => ({
      upload: await services.customerImports.requestUpload(viewer!.id, {
        ...input,
        departmentId: nodeIds.decode(departmentId),
      }),
    })),
    importCustomers: changing(async ({ uploadId, departmentId, ...input }, { viewer, services }) => ({
      import: await services.customerImports.start(viewer!.id, {
        ...input,
        uploadId: customerUploadIds.decode(uploadId),
        departmentId: nodeIds.decode(departmentId),
      }),
    })),
    cancelCustomerImport: changing(async ({ importId }, { viewer, services }) => ({
      import: await services.customerImports.cancel(viewer!.id, customerImportIds.decode(importId)),
    })),
  },
  CustomerImport: {
    ...jobFields(customerImportIds, importManyCustomers),
    department: ({ input }, _args, { loaders }) => loaders.organizationNode.load(input.departmentId),
    isDryRun: ({ input }) => input.isDryRun,
    importedCount: ({ result }) => result?.imported ?? null,
    faultCount: ({ id }, _args, { services }) => services.customerImports.countFaults(id),
    faults: async ({ id }, args, { services }) => {
      const page = parsePage(args, byRow);
      return toConnection(await services.customerImports.listFaults(id, page), page);
    },
  },
  CustomerImportFault: {
    column: ({ faultColumn }) => faultColumn,
    message: ({ fault }) => fault ?? '',
  },
  CustomerUpload: {
    id: ({ id }) => customerUploadIds.encode(id),
    url: ({ form }) => form.url,
    fields: ({ form }) => Object.entries(form.fields).map(([name, value]) => ({ name, value })),
  },
};
