import { authenticated, carriers, type PermissionMap } from '@diaspora/kit';

/** Whose permissions the viewer may ask about is decided in service.ts. */
export const permissions: PermissionMap = {
  Query: { can: authenticated, whyCan: authenticated },
  OrganizationNode: { viewerCan: authenticated },
  ...carriers('Permission', 'PermissionExplanation', 'PermissionStep'),
};
