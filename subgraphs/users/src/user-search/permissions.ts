import { anyone, carriers, hasRole, type PermissionMap } from '@diaspora/kit';

/** `administration` is null for others, as all is that a profile shows to some only; its resolver decides. */
export const permissions: PermissionMap = {
  Query: { userSearch: hasRole('SUPER_USER') },
  User: { administration: anyone },
  ...carriers('UserSearchConnection', 'UserSearchEdge', 'UserAdministration'),
};
