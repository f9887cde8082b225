import { anyone, carriers, hasRole, type PermissionMap } from '@diaspora/kit';

/** What is not for everybody is null for the others; resolvers decide. */
export const permissions: PermissionMap = {
  Query: { platformSettings: anyone },
  Mutation: { updatePlatformSettings: hasRole('SUPER_USER') },
  ...carriers('PlatformSettings', 'UpdatePlatformSettingsPayload'),
};
