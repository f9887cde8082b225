import type { Resolvers } from '../__generated__/schema.js';

export const resolvers: Resolvers = {
  Query: {
    search: (_parent, args, { services, viewer }) => services.querying.search(viewer, args),
  },
  SearchConnection: {
    totalCount: (page) => page.totalCount(),
    facets: (page) => page.facets(),
  },
  SearchEdge: {
    highlight: (edge) => edge.highlight(),
  },
};
