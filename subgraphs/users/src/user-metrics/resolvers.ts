import type { Resolvers } from '../__generated__/schema.js';
import { mayRead, readReportId, writeReportId } from './rules.js';

export const resolvers: Resolvers = {
  Query: {
    analyticsReport: (_parent, { from, until, countryCode = null }, { viewer, services }) =>
      services.userMetrics.open(viewer, { from, until, countryCode }),
  },
  AnalyticsReport: {
    __resolveReference: ({ id }, { viewer }) => {
      const report = readReportId(id);
      return report && mayRead(report, viewer) ? report : null;
    },
    id: writeReportId,
    users: (report) => report,
  },
  UserMetrics: {
    people: (report, _args, { services }) => services.userMetrics.people(report),
    registrations: (report, _args, { services }) => services.userMetrics.registrations(report),
    registrationsBefore: (report, _args, { services }) => services.userMetrics.registrationsBefore(report),
    activityThrough: (_report, _args, { services }) => services.userMetrics.activityThrough(),
    growth: (report, { interval }, { services }) => services.userMetrics.growth(report, interval),
    countries: (report, _args, { services }) => services.userMetrics.countries(report),
    retention: (report, _args, { services }) => services.userMetrics.retention(report),
  },
};
