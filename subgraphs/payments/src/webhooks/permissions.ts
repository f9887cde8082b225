import { carriers, hasRole, type PermissionMap } from '@diaspora/kit';

export const permissions: PermissionMap = {
  Query: { providerEvents: hasRole('SUPER_USER') },
  ...carriers('ProviderEvent', 'ProviderEventConnection', 'ProviderEventEdge'),
};
