import { mutation } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import { isAdmin, pictureOf } from '../groups/index.js';
import { conversationIds, inviteLinkIds, userIds } from '../ids.js';

/** What content cannot open shows nothing. */
const noPicture = 'none';

export const resolvers: Resolvers = {
  Query: {
    invitedGroup: (_parent, { token }, { services }) => services.inviteLinks.groupBy(token),
  },
  Mutation: {
    createInviteLink: mutation(async ({ conversationId, ...limits }, { viewer, services }) =>
      services.inviteLinks.create(viewer!.id, conversationIds.decode(conversationId), limits),
    ),
    revokeInviteLink: mutation(async ({ inviteLinkId }, { viewer, services }) => ({
      inviteLink: await services.inviteLinks.revoke(viewer!.id, inviteLinkIds.decode(inviteLinkId)),
    })),
    joinByInviteLink: mutation(async ({ token }, { viewer, services }) =>
      services.inviteLinks.join(viewer!.id, token),
    ),
  },
  Conversation: {
    inviteLinks: (side, _args, { loaders }) =>
      isAdmin(side) && !side.leftAt ? loaders.inviteLinks.load(side.conversationId) : null,
  },
  InvitedGroup: {
    name: ({ name }) => name!,
    pictureGrant: (group, _args, { viewer, services }) =>
      services.mediaGrants.of(pictureOf(group), viewer!.id) ?? noPicture,
  },
  InviteLink: {
    id: ({ id }) => inviteLinkIds.encode(id),
    createdBy: ({ createdById }) => ({ id: userIds.encode(createdById) }),
  },
};
