import { mutation } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import { messageIds } from '../ids.js';

export const resolvers: Resolvers = {
  Mutation: {
    deleteMessage: mutation(async ({ messageId, scope }, { viewer, services, loaders }) => {
      const deleted = { messageId: messageIds.decode(messageId), personId: viewer!.id };
      const { forPerson, forEverybody } = services.deletion;
      const conversationId = await (scope === 'ME' ? forPerson(deleted) : forEverybody(deleted));
      loaders.message.clear(deleted.messageId);
      loaders.conversation.clear(conversationId);
      return { deletedMessageId: messageId, conversation: await loaders.conversation.load(conversationId) };
    }),
  },
  MessageDeleted: {
    messageId: ({ messageId }) => messageIds.encode(messageId!),
    sequence: ({ details }) => (details as { sequence: number }).sequence,
    message: ({ messageId }, _args, { loaders }) => loaders.message.load(messageId!),
  },
};
