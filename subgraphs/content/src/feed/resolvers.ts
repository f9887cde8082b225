import { parsePage, toConnection } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import { newestFirst } from '../posts/index.js';

export const resolvers: Resolvers = {
  Query: {
    feed: async (_parent, { filter, ...args }, { viewer, services }) => {
      const page = parsePage(args, newestFirst);
      return toConnection(await services.feed.list(viewer, filter, page), page);
    },
  },
};
