import { carriers, type PermissionMap } from '@diaspora/kit';

/** Who may read which report is decided where one is reached, by rules.ts. */
export const permissions: PermissionMap = carriers(
  ...['AnalyticsReport', 'EventMetrics', 'EventMetricsPoint', 'CountryEvents'],
);
