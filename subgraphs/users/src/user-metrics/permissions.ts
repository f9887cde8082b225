import { carriers, hasRole, type PermissionMap } from '@diaspora/kit';

/** Which countries an ambassador may ask about is decided by rules.ts, at each way to a report. */
export const permissions: PermissionMap = {
  Query: { analyticsReport: hasRole('SUPER_USER', 'AMBASSADOR') },
  ...carriers('AnalyticsReport', 'UserMetrics', 'UserGrowthPoint', 'CountryUsers'),
  ...carriers('RetentionCohort', 'RetentionWeek'),
};
