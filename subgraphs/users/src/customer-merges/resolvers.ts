import type { Resolvers } from '../__generated__/schema.js';
import { changing } from '../changing.js';
import { customerIds, customerMergeIds } from '../ids.js';
import { undoableForMs } from './rules.js';

export const resolvers: Resolvers = {
  Customer: { merges: (customer, _args, { loaders }) => loaders.mergesInto.load(customer.id) },
  Mutation: {
    mergeCustomers: changing(async ({ survivorId, mergedId, ...input }, { viewer, services }) => ({
      merge: await services.customerMerges.merge(viewer!.id, {
        ...input,
        survivorId: customerIds.decode(survivorId),
        mergedId: customerIds.decode(mergedId),
      }),
    })),
    undoCustomerMerge: changing(async ({ mergeId }, { viewer, services }) => ({
      merge: await services.customerMerges.undo(viewer!.id, customerMergeIds.decode(mergeId)),
    })),
  },
  CustomerMerge: {
    id: (merge) => customerMergeIds.encode(merge.id),
    survivor: (merge, _args, { loaders }) => loaders.customer.load(merge.survivorId),
    merged: (merge, _args, { loaders }) => loaders.customer.load(merge.mergedId),
    mergedBy: (merge, _args, { loaders }) => loaders.profile.load(merge.mergedById),
    undoableUntil: (merge) => new Date(merge.mergedAt.getTime() + undoableForMs),
  },
};
