import { pageUnder, parsePage, type SortKey } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import { changing } from '../changing.js';
import { memberIds } from '../ids.js';

const longestFirst: SortKey[] = [{ field: 'id', direction: 'asc', type: 'uuid' }];

export const resolvers: Resolvers = {
  Mutation: {
    promoteToOwner: changing(async ({ memberId }, { viewer, services }) => ({
      member: await services.organizationMembers.promote(viewer!.id, memberIds.decode(memberId)),
    })),
    demoteOwner: changing(async ({ memberId }, { viewer, services }) => ({
      member: await services.organizationMembers.demote(viewer!.id, memberIds.decode(memberId)),
    })),
    removeOrganizationMember: changing(async ({ memberId }, { viewer, services }) => {
      await services.organizationMembers.remove(viewer!.id, memberIds.decode(memberId));
      return { removedMemberId: memberId };
    }),
  },
  Organization: {
    members: ({ id }, args, { services, loaders }) =>
      pageUnder(id, parsePage(args, longestFirst), {
        first: loaders.firstMembersOf,
        further: (page) => services.organizationMembers.listOf(id, page),
      }),
    viewerMembership: async ({ id }, _args, { loaders }) => (await loaders.viewerMembership.load(id))!,
  },
  OrganizationMember: {
    id: (member) => memberIds.encode(member.id),
    user: (member, _args, { loaders }) => loaders.profile.load(member.userId),
    organization: async (member, _args, { loaders }) =>
      (await loaders.organization.load(member.organizationId))!,
  },
};
