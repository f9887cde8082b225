import { mutation } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import { conversationIds } from '../ids.js';

export const resolvers: Resolvers = {
  Mutation: {
    acceptContactRequest: mutation(async ({ conversationId }, { viewer, services, loaders }) => {
      const key = conversationIds.decode(conversationId);
      const conversation = await services.contactRequests.accept(viewer!.id, key);
      loaders.conversation.clear(key);
      return { conversation };
    }),
    declineContactRequest: mutation(async ({ conversationId }, { viewer, services, loaders }) => {
      const key = conversationIds.decode(conversationId);
      const conversation = await services.contactRequests.decline(viewer!.id, key);
      loaders.conversation.clear(key);
      return { conversation };
    }),
  },
};
