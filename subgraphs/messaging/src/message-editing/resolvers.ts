import { mutation } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import { messageIds } from '../ids.js';

export const resolvers: Resolvers = {
  Mutation: {
    editMessage: mutation(async ({ messageId, ...input }, { viewer, services, loaders }) => {
      const id = messageIds.decode(messageId);
      const message = await services.editing.edit({ ...input, messageId: id, personId: viewer!.id });
      loaders.message.clear(id);
      loaders.messageEdits.clear(id);
      return { message };
    }),
  },
  Message: { edits: ({ id }, _args, { loaders }) => loaders.messageEdits.load(id) },
  MessageEdited: { message: ({ messageId }, _args, { loaders }) => loaders.message.load(messageId!) },
};
