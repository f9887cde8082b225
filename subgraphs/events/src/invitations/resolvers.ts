import { mutation, parsePage, toConnection, type SortKey } from '@diaspora/kit';
import type { EventInvitation } from '../__generated__/prisma/client.js';
import type { Resolvers } from '../__generated__/schema.js';
import type { Context } from '../context.js';
import { eventIds, invitationIds, userIds } from '../ids.js';

const newestFirst: SortKey[] = [{ field: 'id', direction: 'desc', type: 'uuid' }];

/** The event may be visible, or no longer, by what was done. */
function answer(loaders: Context['loaders'], invitation: EventInvitation) {
  loaders.viewerInvitation.clear(invitation.eventId);
  loaders.event.clear(invitation.eventId);
  return { invitation };
}

export const resolvers: Resolvers = {
  Query: {
    eventInvitations: async (_parent, args, { viewer, services }) => {
      const page = parsePage(args, newestFirst);
      return toConnection(await services.invitations.listFor(viewer!, page), page);
    },
  },
  Mutation: {
    inviteToEvent: mutation(async ({ eventId, ...input }, { viewer, services, loaders }) => {
      const { expiresInDays = 14, ...rest } = input;
      const invitation = { expiresInDays, ...rest };
      return answer(
        loaders,
        await services.invitations.invite(viewer!, eventIds.decode(eventId), invitation),
      );
    }),
    revokeEventInvitation: mutation(async ({ invitationId }, { viewer, services, loaders }) =>
      answer(loaders, await services.invitations.revoke(viewer!, invitationIds.decode(invitationId))),
    ),
    declineEventInvitation: mutation(async ({ invitationId }, { viewer, services, loaders }) =>
      answer(loaders, await services.invitations.decline(viewer!, invitationIds.decode(invitationId))),
    ),
    redeemEventInvitation: mutation(async ({ token }, { viewer, services, loaders }) =>
      answer(loaders, await services.invitations.redeem(viewer!, token)),
    ),
  },
  Event: {
    invitations: async ({ id }, args, { services }) => {
      const page = parsePage(args, newestFirst);
      return toConnection(await services.invitations.listOf(id, page), page);
    },
    viewerInvitation: ({ id }, _args, { loaders }) => loaders.viewerInvitation.load(id),
  },
  EventInvitation: {
    id: ({ id }) => invitationIds.encode(id),
    event: ({ eventId }, _args, { loaders }) => loaders.event.load(eventId),
    user: ({ userId }) => (userId ? { id: userIds.encode(userId) } : null),
    invitedBy: ({ invitedById }) => ({ id: userIds.encode(invitedById) }),
    email: (invitation, _args, { services }) =>
      services.invitations.statusOf(invitation) === 'PENDING' ? invitation.email : null,
    status: (invitation, _args, { services }) => services.invitations.statusOf(invitation),
  },
};
