import type { Resolvers } from '../__generated__/schema.js';
import { noRatings } from '../ratings/index.js';
import { checkInRate } from './rules.js';

export const resolvers: Resolvers = {
  Event: {
    insights: async (event, _args, { loaders }) => {
      const attendance = await loaders.attendance.load(event.id);
      return attendance && { ...attendance, event };
    },
  },
  EventInsights: {
    checkInRate: (insights) => checkInRate(insights),
    registrationDays: ({ event }, _args, { loaders }) => loaders.registrationDays.load(event.id),
    ratings: async ({ event }, _args, { loaders }) =>
      (await loaders.ratingsOfEvent.load(event.id)) ?? noRatings,
  },
};
