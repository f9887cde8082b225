import { authenticated, carriers, inPerson, type PermissionMap } from '@diaspora/kit';

/** What a member may do is asked by the service, under the group's lock; for everybody else there is no such group. */
export const permissions: PermissionMap = {
  Mutation: {
    createGroup: authenticated,
    updateGroup: authenticated,
    addGroupMembers: authenticated,
    removeGroupMember: authenticated,
    setGroupRole: authenticated,
    leaveGroup: authenticated,
  },
  Conversation: { historyVisibility: inPerson, pictureGrant: inPerson },
  ...carriers('CreateGroupPayload', 'UpdateGroupPayload', 'AddGroupMembersPayload'),
  ...carriers('RemoveGroupMemberPayload', 'SetGroupRolePayload', 'LeaveGroupPayload'),
};
