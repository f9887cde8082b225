import { parsePage, toConnection, type SortKey } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import { changing } from '../changing.js';
import { officeIds, reviewIds } from '../ids.js';

const byCity: SortKey[] = [
  { field: 'cityKey', direction: 'asc', type: 'string' },
  { field: 'id', direction: 'asc', type: 'uuid' },
];

export const resolvers: Resolvers = {
  Query: {
    consulPerformance: async (_parent, { scope, period, ...args }, { viewer, services }) => {
      const page = parsePage(args, byCity);
      const offices = await services.consulPerformances.list(viewer!.id, scope, period, page);
      const connection = toConnection(offices, page);
      const nodes = await services.consulPerformances.measure(connection.nodes, period);
      const edges = connection.edges.map(({ cursor }, index) => ({ cursor, node: nodes[index]! }));
      return { ...connection, nodes, edges };
    },
  },
  Mutation: {
    reviewConsul: changing(async ({ officeId, ...input }, { viewer, services }) => ({
      review: await services.consulReviews.write(viewer!.id, officeIds.decode(officeId), input),
    })),
  },
  ConsulPerformance: {
    reviews: ({ office }, _args, { loaders }) => loaders.latestReviews.load(office.id),
  },
  ConsulReview: {
    id: (review) => reviewIds.encode(review.id),
    reviewer: (review, _args, { loaders }) => loaders.profile.load(review.reviewerId),
  },
};
