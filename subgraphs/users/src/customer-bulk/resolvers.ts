import { jobFields } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import { changing } from '../changing.js';
import { filterOf } from '../customers/index.js';
import { customerBulkChangeIds, nodeIds, organizationIds, userIds } from '../ids.js';
import { changeManyCustomers } from './rules.js';

const keyOf = (id: string | null | undefined, ids: { decode: (id: string) => string }) =>
  id == null ? id : ids.decode(id);

export const resolvers: Resolvers = {
  Query: {
    customerBulkChange: (_parent, { id }, { viewer, services }) =>
      services.customerBulk.find(viewer!.id, customerBulkChangeIds.decode(id)),
  },
  Mutation: {
    changeCustomers: changing(async ({ organizationId, filter, set, ...input }, { viewer, services }) => ({
      change: await services.customerBulk.change(viewer!.id, {
        ...input,
        organizationId: organizationIds.decode(organizationId),
        filter: filterOf(filter),
        set: {
          ...set,
          ownerId: keyOf(set.ownerId, userIds),
          departmentId: keyOf(set.departmentId, nodeIds),
        },
      }),
    })),
    removeCustomers: changing(async ({ organizationId, filter, ...input }, { viewer, services }) => ({
      change: await services.customerBulk.remove(viewer!.id, {
        ...input,
        organizationId: organizationIds.decode(organizationId),
        filter: filterOf(filter),
      }),
    })),
    cancelCustomerBulkChange: changing(async ({ changeId }, { viewer, services }) => ({
      change: await services.customerBulk.cancel(viewer!.id, customerBulkChangeIds.decode(changeId)),
    })),
  },
  CustomerBulkChange: {
    ...jobFields(customerBulkChangeIds, changeManyCustomers),
    changedCount: ({ result }) => result?.changed ?? null,
  },
};
