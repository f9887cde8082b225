import { mutation, parsePage, toConnection, type SortKey } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import { factorResetIds, userIds } from '../ids.js';

const newestFirst: SortKey[] = [
  { field: 'openedAt', direction: 'desc', type: 'date' },
  { field: 'id', direction: 'desc', type: 'uuid' },
];

export const resolvers: Resolvers = {
  Query: {
    factorResets: async (_parent, { status, ...args }, { services }) => {
      const page = parsePage(args, newestFirst);
      return toConnection(await services.factorResets.list(status ?? null, page), page);
    },
  },
  Credentials: {
    factorReset: ({ id }, _args, { services }) => services.factorResets.openOf(id),
  },
  Mutation: {
    openFactorReset: mutation(async ({ userId, reason }, { viewer, services }) => ({
      reset: await services.factorResets.open(viewer!, { accountId: userIds.decode(userId), reason }),
    })),
    confirmFactorReset: mutation(async ({ resetId }, { viewer, services }) => ({
      reset: await services.factorResets.confirm(viewer!, factorResetIds.decode(resetId)),
    })),
    withdrawFactorReset: mutation(async ({ resetId }, { viewer, services }) => ({
      reset: await services.factorResets.withdraw(viewer!, factorResetIds.decode(resetId)),
    })),
    refuseFactorReset: mutation(async ({ resetId }, { viewer, services }) => ({
      reset: await services.factorResets.refuse(viewer!, factorResetIds.decode(resetId)),
    })),
    refuseFactorResetByKey: mutation(async (input, { services, origin }) => {
      await services.factorResets.refuseByKey(input, origin);
      return { isRefused: true };
    }),
  },
  FactorReset: {
    id: ({ id }) => factorResetIds.encode(id),
    user: ({ accountId }, _args, { loaders }) => loaders.profile.load(accountId),
    openedBy: ({ openedBy }, _args, { loaders }) => loaders.profile.load(openedBy),
    confirmedBy: ({ confirmedBy }, _args, { loaders }) =>
      confirmedBy ? loaders.profile.load(confirmedBy) : null,
  },
};
