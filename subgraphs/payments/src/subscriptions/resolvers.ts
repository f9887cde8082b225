import { mutation } from '@diaspora/kit';
import type { Subscription } from '../__generated__/prisma/client.js';
import type { Resolvers } from '../__generated__/schema.js';
import type { Context } from '../context.js';
import { subscriptionIds, userIds } from '../ids.js';
import { failureOf } from '../payment-failure.js';

/** A mutation of one subscription of the viewer, who sees in the same request what it did. */
const ofOwn = <Input extends { readonly subscriptionId: string }>(
  run: (
    input: Input,
    context: Context,
    own: { readonly userId: string; readonly id: string },
  ) => Promise<Subscription>,
) =>
  mutation(async (input: Input, context: Context) => {
    const userId = context.viewer!.id;
    const subscription = await run(input, context, {
      userId,
      id: subscriptionIds.decode(input.subscriptionId),
    });
    context.loaders.subscriptionOf.clear(userId);
    return { subscription };
  });

export const resolvers: Resolvers = {
  Query: {
    viewerSubscription: (_parent, _args, { viewer, loaders }) =>
      viewer ? loaders.subscriptionOf.load(viewer.id) : null,
    subscriptionChangePreview: async (_parent, { subscriptionId, planCode }, { viewer, services }) =>
      services.planChanges.preview(viewer!.id, subscriptionIds.decode(subscriptionId), planCode),
  },
  Mutation: {
    subscribe: mutation(async (input, { viewer, services, loaders }) => {
      const subscription = await services.subscriptions.subscribe(viewer!.id, input);
      loaders.subscriptionOf.clear(viewer!.id);
      return { subscription };
    }),
    cancelSubscription: ofOwn(({ atPeriodEnd }, { services }, own) =>
      services.subscriptions.cancel(own.userId, own.id, { atPeriodEnd: atPeriodEnd ?? true }),
    ),
    resumeSubscription: ofOwn((_input, { services }, own) =>
      services.subscriptions.resume(own.userId, own.id),
    ),
    changeSubscriptionPlan: ofOwn(({ idempotencyKey, planCode, planVersion, quotedAt }, { services }, own) =>
      services.planChanges.change(own.userId, own.id, {
        idempotencyKey,
        planCode,
        planVersion,
        quotedAt: quotedAt ?? null,
      }),
    ),
    pauseSubscription: ofOwn(({ resumesAt }, { services }, own) =>
      services.pausing.pause(own.userId, own.id, resumesAt ?? null),
    ),
    unpauseSubscription: ofOwn((_input, { services }, own) => services.pausing.unpause(own.userId, own.id)),
    changeSubscriptionPaymentMethod: ofOwn((chosen, { services }, own) =>
      services.subscriptions.changePaymentMethod(own.userId, own.id, chosen),
    ),
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
    nextPlan: ({ nextPlanId }, _args, { loaders }) => (nextPlanId ? loaders.plan.load(nextPlanId) : null),
    resumesAt: ({ status, nextStepAt }) => (status === 'PAUSED' ? nextStepAt : null),
    nextAttemptAt: ({ status, nextStepAt }) => (status === 'PAST_DUE' ? nextStepAt : null),
    paymentMethod: ({ paymentMethodId }, _args, { loaders }) =>
      paymentMethodId ? loaders.paymentMethod.load(paymentMethodId) : null,
    paymentFailure: ({ paymentFailure }) => failureOf(paymentFailure),
    user: (subscription) => ({ id: userIds.encode(subscription.userId) }),
  },
  SubscriptionChangePreview: {
    credit: ({ creditMinor: amountMinor, plan: { currency } }) => ({ amountMinor, currency }),
    amountDue: ({ amountDueMinor: amountMinor, plan: { currency } }) => ({ amountMinor, currency }),
    nextCharge: ({ plan: { amountMinor, currency } }) => ({ amountMinor, currency }),
  },
};
