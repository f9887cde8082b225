import { toConnection } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import { conversationIds } from '../ids.js';
import { parseHitPage } from './rules.js';

export const resolvers: Resolvers = {
  Query: {
    searchMessages: async (_parent, { query, conversationId, ...args }, { viewer, services }) => {
      const page = parseHitPage(args);
      const wanted = {
        viewerId: viewer!.id,
        conversationId: conversationId == null ? null : conversationIds.decode(conversationId),
        query,
        page,
      };
      return toConnection(await services.messageSearch.find(wanted), page);
    },
  },
};
