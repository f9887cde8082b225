import { mutation } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import { conversationIds } from '../ids.js';

export const resolvers: Resolvers = {
  Mutation: {
    saveDraft: mutation(async ({ text, replyToId, ...input }, { viewer, services, loaders }) => {
      const conversationId = conversationIds.decode(input.conversationId);
      await services.drafts.save({ conversationId, userId: viewer!.id }, { text, replyToId });
      loaders.draft.clear(conversationId);
      return { conversation: await loaders.conversation.load(conversationId) };
    }),
  },
  Conversation: { draft: ({ conversationId }, _args, { loaders }) => loaders.draft.load(conversationId) },
  Draft: {
    replyTo: ({ replyToId }, _args, { loaders }) => (replyToId ? loaders.message.load(replyToId) : null),
  },
  DraftChanged: { draft: ({ conversationId }, _args, { loaders }) => loaders.draft.load(conversationId) },
};
