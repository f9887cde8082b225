import type { Resolvers } from '../__generated__/schema.js';
import { changing } from '../changing.js';
import { suspensionIds, userIds } from '../ids.js';

export const resolvers: Resolvers = {
  Mutation: {
    suspendUser: changing(async ({ userId, ...input }, { viewer, services }) => ({
      suspension: await services.suspensions.suspend(viewer!.id, {
        ...input,
        accountId: userIds.decode(userId),
      }),
    })),
    liftSuspension: changing(async ({ userId }, { viewer, services, loaders }) => {
      const accountId = userIds.decode(userId);
      await services.suspensions.lift(viewer!.id, accountId);
      loaders.profile.clear(accountId);
      return { user: await loaders.profile.load(accountId) };
    }),
    terminateAccount: changing(async ({ userId, ...input }, { viewer, services }) => ({
      suspension: await services.suspensions.terminate(viewer!.id, {
        ...input,
        accountId: userIds.decode(userId),
      }),
    })),
  },
  Suspension: {
    id: (suspension) => suspensionIds.encode(suspension.id),
    user: ({ accountId }, _args, { loaders }) => loaders.profile.load(accountId),
    suspendedBy: (suspension, _args, { loaders }) => loaders.profile.load(suspension.suspendedBy),
    liftedBy: ({ liftedBy }, _args, { loaders }) => (liftedBy ? loaders.profile.load(liftedBy) : null),
  },
};
