import { anyone, carriers, type PermissionMap } from '@diaspora/kit';

/** The catalogue is public. */
export const permissions: PermissionMap = {
  Query: { plans: anyone },
  ...carriers('Plan', 'PlanConnection', 'PlanEdge'),
};
