import { mutation } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import { userIds } from '../ids.js';

export const resolvers: Resolvers = {
  Mutation: {
    updateBillingDetails: mutation(async (input, { viewer, services, loaders }) => {
      const billingDetails = await services.billing.update(viewer!.id, input);
      loaders.billingDetailsOf.clear(viewer!.id);
      return { billingDetails };
    }),
  },
  User: {
    billingDetails: ({ id }, _args, { loaders }) => loaders.billingDetailsOf.load(userIds.decode(id)),
  },
};
