import { mutation } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import { chatWebhookIds } from '../ids.js';

export const resolvers: Resolvers = {
  Query: {
    chatWebhooks: (_parent, _args, { viewer, services }) => services.chatWebhooks.listOf(viewer!.id),
  },
  Mutation: {
    connectChatWebhook: mutation(async ({ name, url }, { viewer, services }) => ({
      chatWebhook: await services.chatWebhooks.connect(viewer!.id, { name, url: String(url) }),
    })),
    confirmChatWebhook: mutation(async ({ chatWebhookId, code }, { viewer, services }) => ({
      chatWebhook: await services.chatWebhooks.confirm(
        viewer!.id,
        chatWebhookIds.decode(chatWebhookId),
        code,
      ),
    })),
    removeChatWebhook: mutation(async ({ chatWebhookId }, { viewer, services }) => {
      await services.chatWebhooks.remove(viewer!.id, chatWebhookIds.decode(chatWebhookId));
      return { chatWebhooks: await services.chatWebhooks.listOf(viewer!.id) };
    }),
  },
  ChatWebhook: { id: ({ id }) => chatWebhookIds.encode(id) },
};
