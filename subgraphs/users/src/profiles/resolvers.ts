import { mutation } from '@diaspora/kit';
import type { InterestDomain, Resolvers } from '../__generated__/schema.js';
import { userIds } from '../ids.js';

export const resolvers: Resolvers = {
  Query: {
    me: (_parent, _args, { viewer, loaders }) => (viewer ? loaders.profile.load(viewer.id) : null),
    user: (_parent, { id }, { loaders }) => loaders.profile.load(userIds.decode(id)),
  },
  Mutation: {
    updateProfile: mutation(async (input, { viewer, services }) => ({
      user: await services.profiles.update(viewer!.id, input),
    })),
  },
  User: {
    __resolveReference: ({ id }, { loaders }) => {
      const key = userIds.find(id);
      return key ? loaders.profile.load(key) : null;
    },
    id: (profile) => userIds.encode(profile.accountId),
    domains: (profile) => profile.domains as InterestDomain[],
    email: async (profile, _args, { viewer, loaders }) => {
      if (viewer?.id !== profile.accountId) return null;
      const account = await loaders.account.load(profile.accountId);
      return account?.email ?? null;
    },
  },
};
