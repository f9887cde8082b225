import { authenticated, carriers, hasRole, type PermissionMap } from '@diaspora/kit';

/** Whose office and which country is decided by what the database knows of the viewer. */
export const permissions: PermissionMap = {
  Query: { consulPerformance: authenticated },
  Mutation: { reviewConsul: hasRole('SUPER_USER', 'AMBASSADOR') },
  ...carriers('ConsulPerformance', 'ConsulPerformanceConnection', 'ConsulPerformanceEdge'),
  ...carriers('ConsulRating', 'ConsulAttendance', 'ConsulReview', 'ReviewConsulPayload'),
};
