import { parsePage, toConnection, type SortKey } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import { changing } from '../changing.js';
import { officeIds, userIds } from '../ids.js';

const byRank: SortKey[] = [
  { field: 'cityKey', direction: 'asc', type: 'string' },
  { field: 'id', direction: 'asc', type: 'uuid' },
];

const byId: SortKey[] = [{ field: 'id', direction: 'asc', type: 'uuid' }];

export const resolvers: Resolvers = {
  Query: {
    offices: async (_parent, { countryCode, status, ...args }, { services }) => {
      const page = parsePage(args, byRank);
      return toConnection(await services.offices.listIn(countryCode, status ?? null, page), page);
    },
    officesToConfirm: async (_parent, args, { viewer, services }) => {
      const page = parsePage(args, byId);
      return toConnection(await services.offices.listToConfirm(viewer!.id, page), page);
    },
  },
  Mutation: {
    appointAmbassador: changing(async ({ userId, ...input }, { viewer, services }) => {
      const appointment = { ...input, role: 'AMBASSADOR' as const, holderId: userIds.decode(userId) };
      return { office: await services.offices.appoint(viewer!.id, appointment) };
    }),
    appointConsul: changing(async ({ userId, ...input }, { viewer, services }) => {
      const appointment = { ...input, role: 'CONSUL' as const, holderId: userIds.decode(userId) };
      return { office: await services.offices.appoint(viewer!.id, appointment) };
    }),
    endOffice: changing(async ({ officeId, ...input }, { viewer, services }) => ({
      office: await services.offices.end(viewer!.id, officeIds.decode(officeId), input),
    })),
    extendOffice: changing(async ({ officeId, endsAt }, { viewer, services }) => ({
      office: await services.offices.extend(viewer!.id, officeIds.decode(officeId), endsAt ?? null),
    })),
    confirmOffice: changing(async ({ officeId }, { viewer, services }) => ({
      office: await services.offices.confirm(viewer!.id, officeIds.decode(officeId)),
    })),
  },
  User: { offices: (profile, _args, { loaders }) => loaders.officesHeldBy.load(profile.accountId) },
  Office: {
    __resolveReference: ({ id }, { loaders }) => {
      const key = officeIds.find(id);
      return key ? loaders.office.load(key) : null;
    },
    id: (office) => officeIds.encode(office.id),
    holder: async (office, _args, { loaders }) => (await loaders.profile.load(office.holderId))!,
    appointer: (office, _args, { loaders }) => loaders.profile.load(office.appointerId),
    confirmer: ({ confirmerId }, _args, { loaders }) =>
      confirmerId ? loaders.profile.load(confirmerId) : null,
    status: (office, _args, { services }) => services.offices.statusOf(office),
  },
};
