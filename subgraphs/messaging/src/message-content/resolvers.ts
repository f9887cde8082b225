import { mutation } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import { conversationIds, messageIds, userIds } from '../ids.js';

export const resolvers: Resolvers = {
  Mutation: {
    forwardMessage: mutation(async (input, { viewer, services, loaders }) => {
      const conversationId = conversationIds.decode(input.conversationId);
      const messageId = messageIds.decode(input.messageId);
      const original = await loaders.message.load(messageId);
      const forwarding = { messageId, conversationId, clientMessageId: input.clientMessageId };
      const message = await services.messages.forward(viewer!, original, forwarding);
      loaders.conversation.clear(conversationId);
      return { message };
    }),
  },
  Message: {
    replyTo: ({ replyToId }, _args, { loaders }) => (replyToId ? loaders.message.load(replyToId) : null),
    mentions: ({ mentionIds }) => mentionIds.map((id) => ({ id: userIds.encode(id) })),
    location: ({ latitude, longitude, placeLabel }) =>
      latitude === null || longitude === null ? null : { point: { latitude, longitude }, label: placeLabel },
    contact: ({ contactId }) => (contactId ? { id: userIds.encode(contactId) } : null),
    mediaGrant: (message, _args, { viewer, services }) => services.mediaGrants.of(message, viewer!.id),
  },
};
