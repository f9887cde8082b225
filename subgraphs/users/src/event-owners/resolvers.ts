import type { Resolvers } from '../__generated__/schema.js';
import { changing } from '../changing.js';
import { userIds } from '../ids.js';
import { maySee } from './rules.js';

export const resolvers: Resolvers = {
  Mutation: {
    grantEventOwner: changing(async ({ userId, ...input }, { viewer, services, loaders }) => {
      const accountId = userIds.decode(userId);
      await services.eventOwners.grant(viewer!.id, { ...input, accountId });
      loaders.profile.clear(accountId);
      return { user: await loaders.profile.load(accountId) };
    }),
    revokeEventOwner: changing(async ({ userId, ...input }, { viewer, services, loaders }) => {
      const accountId = userIds.decode(userId);
      await services.eventOwners.revoke(viewer!.id, { ...input, accountId });
      loaders.profile.clear(accountId);
      return { user: await loaders.profile.load(accountId) };
    }),
  },
  User: {
    isEventOwner: async ({ accountId }, _args, { viewer, loaders }) => {
      if (!maySee(viewer, accountId)) return null;
      const account = await loaders.account.load(accountId);
      return account ? account.eventOwnerSince !== null : null;
    },
  },
};
