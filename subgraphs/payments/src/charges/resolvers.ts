import type { Resolvers } from '../__generated__/schema.js';

export const resolvers: Resolvers = {
  Order: { nextAction: ({ id }, _args, { loaders }) => loaders.orderAction.load(id) },
  PlanSubscription: {
    nextAction: ({ id }, _args, { loaders }) => loaders.subscriptionAction.load(id),
  },
  PaymentAction: {
    clientSecret: (action) => (action.kind === 'CONFIRM' ? action.clientSecret : null),
    url: (action) => (action.kind === 'REDIRECT' ? action.url : null),
  },
};
