import type { Resolvers } from '../__generated__/schema.js';
import { mayRead, type Report } from './rules.js';

export const resolvers: Resolvers = {
  AnalyticsReport: {
    // What it is about is in the reference only where it is asked for.
    __resolveReference: (reference, { viewer }) => {
      const report = reference as unknown as Report;
      return mayRead(report, viewer) ? report : null;
    },
    events: async (report, _args, { services }) => ({
      report,
      ...(await services.eventMetrics.total(report)),
    }),
  },
  EventMetrics: {
    countedThrough: (_metrics, _args, { services }) => services.eventMetrics.countedThrough(),
    growth: ({ report }, { interval }, { services }) => services.eventMetrics.growth(report, interval),
    countries: ({ report }, _args, { services }) => services.eventMetrics.countries(report),
  },
};
