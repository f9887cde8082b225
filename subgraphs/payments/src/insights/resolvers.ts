import type { Resolvers } from '../__generated__/schema.js';
import { mayRead } from './rules.js';

const unknownCountry = 'ZZ';

export const resolvers: Resolvers = {
  AnalyticsReport: {
    __resolveReference: (report, { viewer }) => {
      const {
        id,
        from,
        until,
        countryCode = null,
      } = report as unknown as {
        readonly id: string;
        readonly from: string;
        readonly until: string;
        readonly countryCode?: string | null;
      };
      return mayRead({ countryCode }, viewer) ? { id, from, until, countryCode } : null;
    },
    revenue: (report, _args, { services }) => services.revenueMetrics.currencies(report),
  },
  CurrencyRevenue: {
    total: (revenue) => revenue,
    plans: async ({ report, currency }, _args, { services }) =>
      (await services.revenueMetrics.breakdown(report, currency, 'plan_code')).map(({ key, ...revenue }) => ({
        planCode: key,
        revenue,
      })),
    countries: async ({ report, currency }, _args, { services }) =>
      (await services.revenueMetrics.breakdown(report, currency, 'country_code')).map(
        ({ key, ...revenue }) => ({
          countryCode: key === unknownCountry ? null : key,
          revenue,
        }),
      ),
  },
};
