import { mutation } from '@diaspora/kit';
import type { PaymentFailure, Resolvers } from '../__generated__/schema.js';
import { subscriptionIds, userIds } from '../ids.js';

const failures: Record<string, PaymentFailure> = {
  card_declined: 'CARD_DECLINED',
  refused_by_provider: 'REFUSED_BY_PROVIDER',
};

export const resolvers: Resolvers = {
  Query: {
    viewerSubscription: (_parent, _args, { viewer, loaders }) =>
      viewer ? loaders.subscriptionOf.load(viewer.id) : null,
  },
  Mutation: {
    subscribe: mutation(async (input, { viewer, services, loaders }) => {
      const subscription = await services.subscriptions.subscribe(viewer!.id, input);
      loaders.subscriptionOf.clear(viewer!.id);
      return { subscription };
    }),
    cancelSubscription: mutation(async ({ subscriptionId, atPeriodEnd }, { viewer, services, loaders }) => {
      const subscription = await services.subscriptions.cancel(
        viewer!.id,
        subscriptionIds.decode(subscriptionId),
        { atPeriodEnd: atPeriodEnd ?? true },
      );
      loaders.subscriptionOf.clear(viewer!.id);
      return { subscription };
    }),
  },
  User: {
    __resolveReference: ({ id }) => (userIds.find(id) === null ? null : { id }),
    subscription: ({ id }, _args, { loaders }) => loaders.subscriptionOf.load(userIds.decode(id)),
  },
  PlanSubscription: {
    __resolveReference: ({ id }, { loaders }) => {
      const key = subscriptionIds.find(id);
      return key === null ? null : loaders.subscription.load(key);
    },
    id: (subscription) => subscriptionIds.encode(subscription.id),
    plan: async (subscription, _args, { loaders }) => (await loaders.plan.load(subscription.planId))!,
    paymentFailure: ({ paymentFailure }) => (paymentFailure ? (failures[paymentFailure] ?? 'OTHER') : null),
    user: (subscription) => ({ id: userIds.encode(subscription.userId) }),
  },
};
