import type { Resolvers } from '../__generated__/schema.js';
import { eventIds } from '../ids.js';
import { maySteer } from '../catalog/index.js';
import { icsOf } from './ics.js';
import { entryOf, googleUrlOf } from './rules.js';

export const resolvers: Resolvers = {
  Query: {
    calendarFeed: (_parent, _args, { viewer, services }) => services.calendar.feedOf(viewer!),
  },
  Mutation: {
    renewCalendarFeed: async (_parent, _args, { viewer, services }) => ({
      ...(await services.calendar.renewFeed(viewer!)),
      userErrors: [],
    }),
    revokeCalendarFeed: async (_parent, _args, { viewer, services }) => {
      await services.calendar.revokeFeed(viewer!);
      return { userErrors: [] };
    },
  },
  Event: {
    calendarEntry: async (event, _args, { viewer, loaders }) => {
      const place = viewer ? await loaders.viewerRegistration.load(event.id) : null;
      const isGoing = place?.status === 'CONFIRMED' || maySteer(viewer, event);
      return { event, entry: entryOf(event, place?.status === 'CONFIRMED' ? place : null, isGoing) };
    },
  },
  CalendarEntry: {
    ics: ({ entry }) => icsOf([entry], { method: 'PUBLISH' }),
    url: ({ event }, _args, { services }) =>
      event.publishedAt && ['PUBLIC', 'UNLISTED'].includes(event.visibility)
        ? services.calendar.fileUrl(eventIds.encode(event.id))
        : null,
    googleUrl: ({ entry }) => googleUrlOf(entry),
  },
};
