import { authenticated, carriers, type PermissionMap } from '@diaspora/kit';

/** Members see who else is one; what they may change is decided inside the transaction. */
export const permissions: PermissionMap = {
  Mutation: {
    promoteToOwner: authenticated,
    demoteOwner: authenticated,
    removeOrganizationMember: authenticated,
  },
  Organization: { members: authenticated, viewerMembership: authenticated },
  OrganizationMember: Object.fromEntries(
    ['id', 'user', 'organization', 'isOwner', 'joinedAt'].map((field) => [field, authenticated]),
  ),
  ...carriers('OrganizationMemberConnection', 'OrganizationMemberEdge'),
  ...carriers('OrganizationMemberPayload', 'RemoveOrganizationMemberPayload'),
};
