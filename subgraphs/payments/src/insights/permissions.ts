import { carriers, type PermissionMap } from '@diaspora/kit';

/** Which report a viewer may read is decided by rules.ts, at the only way to one. */
export const permissions: PermissionMap = carriers(
  'AnalyticsReport',
  'CurrencyRevenue',
  'PlanRevenue',
  'CountryRevenue',
  'Revenue',
);
