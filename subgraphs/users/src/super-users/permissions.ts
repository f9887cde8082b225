import { carriers, hasRole, type PermissionMap } from '@diaspora/kit';

const superUser = hasRole('SUPER_USER');

/** Coarse gates; who may decide about what is decided by rules.ts inside the transaction. */
export const permissions: PermissionMap = {
  Query: { superUsers: superUser, superUserChanges: superUser },
  Mutation: {
    grantSuperUser: superUser,
    revokeSuperUser: superUser,
    confirmSuperUserChange: superUser,
    withdrawSuperUserChange: superUser,
    resignSuperUser: superUser,
  },
  ...carriers(
    'SuperUserChange',
    'SuperUserConnection',
    'SuperUserEdge',
    'SuperUserChangeConnection',
    'SuperUserChangeEdge',
    'SuperUserChangePayload',
    'ResignSuperUserPayload',
  ),
};
