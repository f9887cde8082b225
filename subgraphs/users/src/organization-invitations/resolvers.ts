import { pageUnder, parsePage, toConnection, type SortKey } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import { changing } from '../changing.js';
import { invitationIds, nodeIds, organizationIds, roleIds, userIds } from '../ids.js';

const oldestFirst: SortKey[] = [{ field: 'id', direction: 'asc', type: 'uuid' }];

export const resolvers: Resolvers = {
  Query: {
    organizationInvitations: async (_parent, args, { viewer, services }) => {
      const page = parsePage(args, oldestFirst);
      return toConnection(await services.invitationAnswers.listFor(viewer!.id, page), page);
    },
  },
  Mutation: {
    inviteToOrganization: changing(
      async ({ organizationId, userId, grant, ...input }, { viewer, services }) => ({
        invitation: await services.invitations.invite(viewer!.id, {
          ...input,
          organizationId: organizationIds.decode(organizationId),
          userId: userId ? userIds.decode(userId) : null,
          grant: grant
            ? { roleId: roleIds.decode(grant.roleId), nodeId: nodeIds.decode(grant.nodeId) }
            : null,
        }),
      }),
    ),
    revokeOrganizationInvitation: changing(async ({ invitationId }, { viewer, services }) => ({
      invitation: await services.invitations.revoke(viewer!.id, invitationIds.decode(invitationId)),
    })),
    acceptOrganizationInvitation: changing(async ({ invitationId }, { viewer, services }) => ({
      member: await services.invitationAnswers.accept(viewer!.id, invitationIds.decode(invitationId)),
    })),
    declineOrganizationInvitation: changing(async ({ invitationId }, { viewer, services }) => ({
      invitation: await services.invitationAnswers.decline(viewer!.id, invitationIds.decode(invitationId)),
    })),
  },
  Organization: {
    invitations: ({ id }, args, { services, loaders }) =>
      pageUnder(id, parsePage(args, oldestFirst), {
        first: loaders.firstInvitationsTo,
        further: (page) => services.invitations.listWaiting(id, page),
      }),
  },
  OrganizationInvitation: {
    id: (invitation) => invitationIds.encode(invitation.id),
    organizationName: async (invitation, _args, { loaders }) =>
      (await loaders.organizationName.load(invitation.organizationId))!.name,
    invitedBy: (invitation, _args, { loaders }) => loaders.profile.load(invitation.invitedById),
    user: (invitation, _args, { loaders }) =>
      invitation.userId ? loaders.profile.load(invitation.userId) : null,
    status: (invitation, _args, { services }) => services.invitations.stateOf(invitation),
  },
};
