import { mutation } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import { impersonationIds, userIds } from '../ids.js';

export const resolvers: Resolvers = {
  Query: {
    viewerImpersonation: (_parent, _args, { viewer, services }) => services.impersonations.current(viewer!),
  },
  Mutation: {
    startImpersonation: mutation(async ({ userId, reason }, { viewer, services }) => {
      const wanted = { accountId: userIds.decode(userId), reason };
      const { impersonation, access } = await services.impersonations.start(viewer!, wanted);
      return { impersonation, accessToken: access.token, accessTokenExpiresAt: access.expiresAt };
    }),
    endImpersonation: async (_parent, _args, { viewer, services }) => {
      await services.impersonations.end(viewer!);
      return { hasEnded: true, userErrors: [] };
    },
  },
  Impersonation: {
    id: (impersonation) => impersonationIds.encode(impersonation.id),
    user: ({ accountId }, _args, { loaders }) => loaders.profile.load(accountId),
    impersonator: ({ impersonatorId }, _args, { loaders }) => loaders.profile.load(impersonatorId),
  },
};
