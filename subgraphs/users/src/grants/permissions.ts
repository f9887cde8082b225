import { authenticated, carriers, type PermissionMap } from '@diaspora/kit';
import { mayThere } from '../authority/index.js';
import type { OrganizationNodeModel } from '../models.js';

/** Who may grant what is decided by rules.ts inside the transaction. */
export const permissions: PermissionMap = {
  Mutation: Object.fromEntries(
    [
      ...['createOrganizationRole', 'updateOrganizationRole', 'removeOrganizationRole'],
      ...['grantPermission', 'revokePermission'],
    ].map((field) => [field, authenticated]),
  ),
  Organization: { roles: authenticated },
  OrganizationNode: { grants: mayThere('grants.manage', (node: OrganizationNodeModel) => node.id) },
  OrganizationMember: { grants: authenticated },
  ...carriers(
    'OrganizationRole',
    'OrganizationGrant',
    'OrganizationGrantConnection',
    'OrganizationGrantEdge',
  ),
  ...carriers('OrganizationRolePayload', 'RemoveOrganizationRolePayload', 'OrganizationGrantPayload'),
};
