import { mutation, parsePage, toConnection, type SortKey } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import { officeIds, userIds } from '../ids.js';

const byRank: SortKey[] = [
  { field: 'cityKey', direction: 'asc', type: 'string' },
  { field: 'id', direction: 'asc', type: 'uuid' },
];

export const resolvers: Resolvers = {
  Query: {
    offices: async (_parent, { countryCode, ...args }, { services }) => {
      const page = parsePage(args, byRank);
      return toConnection(await services.offices.listHeld(countryCode, page), page);
    },
  },
  Mutation: {
    appointAmbassador: mutation(async ({ userId, endsAt, ...input }, { viewer, services }) => {
      const appointment = {
        ...input,
        role: 'AMBASSADOR' as const,
        holderId: userIds.decode(userId),
        endsAt: endsAt ?? null,
      };
      return { office: await services.offices.appoint(viewer!.id, appointment) };
    }),
    appointConsul: mutation(async ({ userId, endsAt, ...input }, { viewer, services }) => {
      const appointment = {
        ...input,
        role: 'CONSUL' as const,
        holderId: userIds.decode(userId),
        endsAt: endsAt ?? null,
      };
      return { office: await services.offices.appoint(viewer!.id, appointment) };
    }),
    endOffice: mutation(async ({ officeId }, { viewer, services }) => ({
      office: await services.offices.end(viewer!.id, officeIds.decode(officeId)),
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
  },
};
