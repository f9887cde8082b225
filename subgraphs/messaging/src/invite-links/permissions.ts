import { authenticated, carriers, inPerson, type PermissionMap } from '@diaspora/kit';

/** Whoever has the token may know what it leads to; links themselves are the admins’. */
export const permissions: PermissionMap = {
  Query: { invitedGroup: authenticated },
  Mutation: {
    createInviteLink: authenticated,
    revokeInviteLink: authenticated,
    joinByInviteLink: authenticated,
  },
  Conversation: { inviteLinks: inPerson },
  ...carriers('InvitedGroup', 'InviteLink'),
  ...carriers('CreateInviteLinkPayload', 'RevokeInviteLinkPayload', 'JoinByInviteLinkPayload'),
};
