import { mutation, toConnection } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import { conversationIds, messageIds, userIds } from '../ids.js';
import { parseHistoryPage, type SystemLine } from './rules.js';

export const resolvers: Resolvers = {
  Mutation: {
    sendMessage: mutation(async (input, { viewer, services, loaders }) => {
      const conversationId = conversationIds.decode(input.conversationId);
      const message = await services.messages.send(viewer!, { ...input, conversationId });
      loaders.conversation.clear(conversationId);
      return { message };
    }),
  },
  Conversation: {
    messages: async (side, args, { loaders }) => {
      const page = parseHistoryPage(args);
      return toConnection(await loaders.history(page).load(side.conversationId), page);
    },
  },
  Message: {
    __resolveReference: ({ id }, { loaders }) => {
      const key = messageIds.find(id);
      return key === null ? null : loaders.message.load(key);
    },
    id: (message) => messageIds.encode(message.id),
    conversation: async (message, _args, { loaders }) =>
      (await loaders.conversation.load(message.conversationId))!,
    system: (message) => message.system as SystemLine | null,
    sender: (message) => ({ id: userIds.encode(message.senderId) }),
    clientMessageId: (message, _args, { viewer }) =>
      viewer?.id === message.senderId ? message.clientMessageId : null,
  },
  SystemLine: {
    people: ({ personIds = [] }) => personIds.map((id) => ({ id: userIds.encode(id) })),
    name: ({ name }) => name ?? null,
    role: ({ role }) => role ?? null,
  },
};
