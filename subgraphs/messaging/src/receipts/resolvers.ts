import { mutation, toConnection } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import type { Context } from '../context.js';
import { conversationIds, userIds } from '../ids.js';
import { parseReceiptPage, type Marker } from './rules.js';

export const resolvers: Resolvers = {
  Query: {
    unreadMessageCount: (_parent, _args, { viewer, services }) => services.receipts.unreadOf(viewer!.id),
    messagingSettings: (_parent, _args, { viewer, services }) => services.settings.of(viewer!.id),
  },
  Mutation: {
    markConversationDelivered: mutation((input, context) => mark('DELIVERED', input, context)),
    markConversationRead: mutation((input, context) => mark('READ', input, context)),
    updateMessagingSettings: mutation(
      async ({ sharesReadReceipts, showsPresence }, { viewer, services }) => ({
        settings: await services.settings.update(viewer!.id, {
          ...(sharesReadReceipts != null && { sharesReadReceipts }),
          ...(showsPresence != null && { showsPresence }),
        }),
      }),
    ),
  },
  Conversation: {
    receipts: async ({ conversationId }, args, { loaders }) => {
      const page = parseReceiptPage(args);
      return toConnection(await loaders.receipts(page).load(conversationId), page);
    },
  },
  Receipt: { person: ({ userId }) => ({ id: userIds.encode(userId) }) },
  ReceiptMoved: {
    receipt: ({ conversationId, actorId }, _args, { viewer, services }) =>
      services.receipts.receiptOf({ viewerId: viewer!.id, conversationId, personId: actorId! }),
  },
};

async function mark(
  marker: Marker,
  input: { conversationId: string; upToSequence: number },
  { viewer, services, loaders }: Context,
) {
  const { upToSequence } = input;
  const conversationId = conversationIds.decode(input.conversationId);
  const request = { userId: viewer!.id, conversationId, marker, upToSequence };
  const conversation = await services.receipts.mark(request);
  loaders.conversation.clear(conversationId);
  return { conversation };
}
