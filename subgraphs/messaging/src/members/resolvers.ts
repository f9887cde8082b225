import { toConnection } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import { userIds } from '../ids.js';
import { parseMembersPage } from './loaders.js';

export const resolvers: Resolvers = {
  Conversation: {
    members: async ({ conversationId, leftAt }, args, { loaders }) => {
      const page = parseMembersPage(args);
      if (leftAt) return toConnection([], page);
      const sides = page.hasCursor
        ? await loaders.furtherMembers(conversationId, page)
        : await loaders.members(page).load(conversationId);
      return toConnection(sides, page);
    },
  },
  ConversationMember: { user: ({ userId }) => ({ id: userIds.encode(userId) }) },
};
