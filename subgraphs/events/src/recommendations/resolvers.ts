import { toConnection } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import { reasons } from './rules.js';

export const resolvers: Resolvers = {
  Query: {
    recommendedEvents: async (_parent, args, { viewer, services }) => {
      const { rows, page } = await services.recommendations.list(viewer!, args);
      return toConnection(rows, page);
    },
  },
  RecommendedEventEdge: {
    reason: ({ node: { rank } }) => reasons[rank]!,
  },
};
