import type { Resolvers } from '../__generated__/schema.js';

export const resolvers: Resolvers = {
  User: {
    viewerConnection: async ({ accountId }, _args, { viewer, loaders, services }) => {
      if (viewer?.kind !== 'person' || viewer.id === accountId) return null;
      return services.connections.viewOf(await loaders.relation.load(accountId));
    },
  },
  PeopleConnection: {
    nodes: ({ nodes }, _args, { loaders }) =>
      Promise.all(nodes.map(async ({ memberId }) => (await loaders.profile.load(memberId))!)),
  },
  PeopleEdge: {
    node: async ({ node }, _args, { loaders }) => (await loaders.profile.load(node.memberId))!,
    since: ({ node }) => node.since,
  },
};
