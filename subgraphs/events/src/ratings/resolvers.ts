import { mutation, parsePage, toConnection, type SortKey } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import { eventIds, userIds } from '../ids.js';
import { noRatings } from './loaders.js';

const byKey: SortKey[] = [{ field: 'id', direction: 'asc', type: 'uuid' }];

export const resolvers: Resolvers = {
  Mutation: {
    rateEvent: mutation(async ({ eventId: id, ratings, comment }, { viewer, services, loaders }) => {
      const eventId = eventIds.decode(id);
      const content = { ...ratings, comment };
      const rating = await services.ratings.rate(viewer!, eventId, content);
      for (const loader of [loaders.viewerRating, loaders.ratingsOfEvent]) loader.clear(eventId);
      return { rating, event: await loaders.event.load(eventId) };
    }),
  },
  Event: {
    viewerRating: (event, _args, { loaders }) => loaders.viewerRating.load(event.id),
    viewerRatingEligibility: async (event, _args, { viewer, loaders, services }) => {
      const entered = await loaders.viewerEntered.load(event.id);
      return services.ratings.eligibility(viewer, event, entered !== null);
    },
    ratings: async (event, _args, { loaders }) => (await loaders.ratingsOfEvent.load(event.id)) ?? noRatings,
    ratingComments: async (event, args, { services }) => {
      const page = parsePage(args, byKey);
      return toConnection(await services.ratings.listComments(event, page), page);
    },
  },
  User: {
    ratingsAsOrganizer: async ({ id }, _args, { loaders }) =>
      (await loaders.ratingsOfOrganizer.load(userIds.decode(id))) ?? noRatings,
  },
  RatingComment: { text: ({ comment }) => comment! },
};
