import { parsePage, toConnection } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import { userIds } from '../ids.js';
import { newestFirst } from './service.js';

export const resolvers: Resolvers = {
  Query: {
    userSearch: async (_parent, { filter, ...args }, { services }) => {
      const { userId, ...rest } = filter ?? {};
      const wanted = { ...rest, ...(userId && { accountId: userIds.decode(userId) }) };
      return toConnection(await services.userSearch.find(wanted, args), parsePage(args, newestFirst));
    },
  },
  User: {
    administration: ({ accountId }, _args, { viewer, loaders }) =>
      viewer?.roles.includes('SUPER_USER') ? loaders.administration.load(accountId) : null,
  },
  UserAdministration: {
    standing: (account, _args, { services }) => services.userSearch.standingOf(account),
    registeredAt: ({ createdAt }) => createdAt,
    lastSeenAt: ({ lastUsedAt }) => lastUsedAt,
    suspensions: ({ id }, _args, { loaders }) => loaders.suspensions.load(id),
  },
};
