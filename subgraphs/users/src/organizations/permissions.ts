import { authenticated, carriers, type PermissionMap } from '@diaspora/kit';

/** What a viewer reaches is decided by loaders.ts inside the query, what they may change by the authority they hold. */
export const permissions: PermissionMap = {
  Query: { organization: authenticated, organizations: authenticated },
  Mutation: Object.fromEntries(
    [
      ...['createOrganization', 'renameOrganization', 'closeOrganization', 'reopenOrganization'],
      ...['addOrganizationNode', 'renameOrganizationNode', 'removeOrganizationNode'],
    ].map((field) => [field, authenticated]),
  ),
  Organization: Object.fromEntries(
    ['id', 'name', 'createdAt', 'closedAt', 'version', 'root', 'actions'].map((field) => [
      field,
      authenticated,
    ]),
  ),
  OrganizationNode: Object.fromEntries(
    ['id', 'level', 'name', 'action', 'version', 'organization', 'parent', 'children'].map((field) => [
      field,
      authenticated,
    ]),
  ),
  ...carriers(
    'OrganizationAction',
    'OrganizationConnection',
    'OrganizationEdge',
    'OrganizationNodeConnection',
  ),
  ...carriers('OrganizationNodeEdge', 'OrganizationPayload', 'OrganizationNodePayload'),
  ...carriers('RemoveOrganizationNodePayload'),
};
