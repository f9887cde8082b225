import { anyone, carriers, hasRole, type PermissionMap } from '@diaspora/kit';

const superUser = hasRole('SUPER_USER');

/** The catalogue is public; so is what somebody once bought, to whoever has its id. */
export const permissions: PermissionMap = {
  Query: { plans: anyone, planVersions: superUser },
  Mutation: { createPlanVersion: superUser, retirePlan: superUser },
  ...carriers('Plan', 'PlanConnection', 'PlanEdge', 'CreatePlanVersionPayload', 'RetirePlanPayload'),
};
