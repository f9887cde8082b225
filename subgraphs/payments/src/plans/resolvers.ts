import { parsePage, toConnection, type SortKey } from '@diaspora/kit';
import type { Entitlement, Resolvers } from '../__generated__/schema.js';
import { planIds } from '../ids.js';

const byPrice: SortKey[] = [
  { field: 'amountMinor', direction: 'asc', type: 'bigint' },
  { field: 'id', direction: 'asc', type: 'uuid' },
];

export const resolvers: Resolvers = {
  Query: {
    plans: async (_parent, args, { services }) => {
      const page = parsePage(args, byPrice);
      return toConnection(await services.plans.listOnOffer(page), page);
    },
  },
  Plan: {
    __resolveReference: ({ id }, { loaders }) => {
      const key = planIds.find(id);
      return key === null ? null : loaders.plan.load(key);
    },
    id: (plan) => planIds.encode(plan.id),
    price: ({ amountMinor, currency }) => ({ amountMinor, currency }),
    entitlements: (plan) => plan.entitlements as Entitlement[],
  },
};
