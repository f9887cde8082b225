import { authenticated, carriers, type PermissionMap } from '@diaspora/kit';
import { mayThere } from '../authority/index.js';
import type { OrganizationModel } from '../models.js';

/** An invitation is shown to those who manage members and to whoever is invited; nothing else leads to one. */
export const permissions: PermissionMap = {
  Query: { organizationInvitations: authenticated },
  Mutation: Object.fromEntries(
    [
      ...['inviteToOrganization', 'revokeOrganizationInvitation'],
      ...['acceptOrganizationInvitation', 'declineOrganizationInvitation'],
    ].map((field) => [field, authenticated]),
  ),
  Organization: {
    invitations: mayThere('members.manage', (organization: OrganizationModel) => organization.id),
  },
  ...carriers('OrganizationInvitation', 'OrganizationInvitationConnection', 'OrganizationInvitationEdge'),
  ...carriers('OrganizationInvitationPayload'),
};
