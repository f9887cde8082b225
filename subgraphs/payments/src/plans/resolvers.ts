import { mutation, parsePage, toConnection, type SortKey } from '@diaspora/kit';
import type { Entitlement, Resolvers } from '../__generated__/schema.js';
import { planIds } from '../ids.js';

const byPrice: SortKey[] = [
  { field: 'amountMinor', direction: 'asc', type: 'bigint' },
  { field: 'id', direction: 'asc', type: 'uuid' },
];
const byVersion: SortKey[] = [{ field: 'version', direction: 'desc', type: 'number' }];

export const resolvers: Resolvers = {
  Query: {
    plans: async (_parent, { audience, ...args }, { services }) => {
      const page = parsePage(args, byPrice);
      return toConnection(await services.plans.listOnOffer(audience, page), page);
    },
    planVersions: async (_parent, { code, ...args }, { services }) => {
      const page = parsePage(args, byVersion);
      return toConnection(await services.plans.listVersions(code, page), page);
    },
  },
  Mutation: {
    createPlanVersion: mutation(async (input, { services }) => ({
      plan: await services.planAdministration.createVersion(input),
    })),
    retirePlan: mutation(async (input, { services }) => ({
      plan: await services.planAdministration.retire(input),
    })),
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
