import { mutation, parsePage, toConnection, type SortKey } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import { superUserChangeIds, userIds } from '../ids.js';

const byAccount: SortKey[] = [{ field: 'accountId', direction: 'asc', type: 'uuid' }];

const newestFirst: SortKey[] = [
  { field: 'createdAt', direction: 'desc', type: 'date' },
  { field: 'id', direction: 'desc', type: 'uuid' },
];

export const resolvers: Resolvers = {
  Query: {
    superUsers: async (_parent, args, { services }) => {
      const page = parsePage(args, byAccount);
      return toConnection(await services.superUsers.list(page), page);
    },
    superUserChanges: async (_parent, { status, ...args }, { services }) => {
      const page = parsePage(args, newestFirst);
      return toConnection(await services.superUsers.listChanges(status ?? null, page), page);
    },
  },
  Mutation: {
    grantSuperUser: mutation(async ({ userId, ...input }, { viewer, services }) => ({
      change: await services.superUsers.propose.grant(viewer!.id, {
        ...input,
        accountId: userIds.decode(userId),
      }),
    })),
    revokeSuperUser: mutation(async ({ userId, ...input }, { viewer, services }) => ({
      change: await services.superUsers.propose.revoke(viewer!.id, {
        ...input,
        accountId: userIds.decode(userId),
      }),
    })),
    confirmSuperUserChange: mutation(async ({ changeId }, { viewer, services }) => ({
      change: await services.superUsers.confirm(viewer!.id, superUserChangeIds.decode(changeId)),
    })),
    withdrawSuperUserChange: mutation(async ({ changeId }, { viewer, services }) => ({
      change: await services.superUsers.withdraw(viewer!.id, superUserChangeIds.decode(changeId)),
    })),
    resignSuperUser: mutation(async (input, { viewer, services }) => {
      await services.superUsers.resign(viewer!.id, input);
      return { hasResigned: true };
    }),
  },
  SuperUserChange: {
    id: (change) => superUserChangeIds.encode(change.id),
    person: (change, _args, { loaders }) => loaders.profile.load(change.accountId),
    proposer: (change, _args, { loaders }) => loaders.profile.load(change.proposerId),
    decider: ({ deciderId }, _args, { loaders }) => (deciderId ? loaders.profile.load(deciderId) : null),
    status: (change, _args, { services }) => services.superUsers.statusOf(change),
  },
};
