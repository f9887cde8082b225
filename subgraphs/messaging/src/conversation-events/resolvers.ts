import { rootValues } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import { conversationIds } from '../ids.js';
import { cursorOf } from './rules.js';

export const resolvers: Resolvers = {
  Subscription: {
    conversationEvents: {
      subscribe: async (_parent, { conversationId, after }, { viewer, services }) => {
        const watch = { viewerId: viewer!.id, conversationId: conversationIds.decode(conversationId) };
        return rootValues('conversationEvents', await services.conversationEvents.subscribe(watch, after));
      },
    },
  },
  Conversation: {
    // Whoever left is not told how much has happened since.
    eventsCursor: ({ leftAt, conversation }) => cursorOf(leftAt ? 0 : conversation.lastPosition),
  },
};
