import { anyone, authenticated, carriers, type PermissionMap } from '@diaspora/kit';

export const permissions: PermissionMap = {
  Mutation: { login: anyone, refreshSession: anyone, logout: authenticated },
  ...carriers('SessionTokens', 'LoginPayload', 'RefreshSessionPayload', 'LogoutPayload'),
};
