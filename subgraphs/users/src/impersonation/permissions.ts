import { AppError, authenticated, carriers, hasRole, permission, type PermissionMap } from '@diaspora/kit';

/** The token of an impersonation has the roles of the person: who really acts is said beside them. */
const mayEnd = permission('superUserOrImpersonator', ({ context: { viewer } }) => {
  if (!viewer) return new AppError('UNAUTHENTICATED', 'Sign in first.');
  return viewer.impersonatorId !== undefined || viewer.roles.includes('SUPER_USER');
});

export const permissions: PermissionMap = {
  Query: { viewerImpersonation: authenticated },
  Mutation: { startImpersonation: hasRole('SUPER_USER'), endImpersonation: mayEnd },
  ...carriers('Impersonation', 'StartImpersonationPayload', 'EndImpersonationPayload'),
};
