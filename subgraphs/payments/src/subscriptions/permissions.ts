import { anyone, authenticated, carriers, inPerson, type PermissionMap } from '@diaspora/kit';

/** Subscriptions reach resolvers only through loaders and services that keep them to their owner. */
export const permissions: PermissionMap = {
  Query: { viewerSubscription: anyone, subscriptionChangePreview: authenticated },
  Mutation: {
    subscribe: authenticated,
    cancelSubscription: authenticated,
    resumeSubscription: authenticated,
    changeSubscriptionPlan: authenticated,
    pauseSubscription: authenticated,
    unpauseSubscription: authenticated,
    changeSubscriptionPaymentMethod: authenticated,
  },
  User: { id: anyone, subscription: anyone },
  // How somebody's card fares is nobody else's to see, whoever looks at the rest for them.
  PlanSubscription: { paymentFailure: inPerson, '*': authenticated },
  ...carriers('SubscribePayload', 'CancelSubscriptionPayload', 'AlreadySubscribedError'),
  ...carriers('SubscriptionChangePreview', 'ResumeSubscriptionPayload', 'ChangeSubscriptionPlanPayload'),
  ...carriers('PauseSubscriptionPayload', 'UnpauseSubscriptionPayload'),
  ...carriers('ChangeSubscriptionPaymentMethodPayload'),
};
