import { anyone, authenticated, carriers, type PermissionMap } from '@diaspora/kit';

/** Subscriptions reach resolvers only through loaders and services that keep them to their owner. */
export const permissions: PermissionMap = {
  Query: { viewerSubscription: anyone },
  Mutation: { subscribe: authenticated, cancelSubscription: authenticated },
  User: { id: anyone, subscription: anyone },
  PlanSubscription: { '*': authenticated },
  ...carriers('SubscribePayload', 'CancelSubscriptionPayload', 'AlreadySubscribedError'),
};
