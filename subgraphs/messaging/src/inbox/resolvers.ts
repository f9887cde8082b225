import { mutation, toConnection } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import type { Context } from '../context.js';
import { conversationIds } from '../ids.js';
import type { ConversationModel } from '../models.js';
import { parseInboxPage } from './rules.js';

/** Changes where the viewer has a conversation. */
const placing = <Input extends { conversationId: string }>(
  change: (context: Context, userId: string, key: string, input: Input) => Promise<ConversationModel>,
) =>
  mutation(async (input: Input, context: Context) => {
    const key = conversationIds.decode(input.conversationId);
    const conversation = await change(context, context.viewer!.id, key, input);
    context.loaders.conversation.clear(key);
    return { conversation };
  });

export const resolvers: Resolvers = {
  Query: {
    conversations: async (_parent, { filter, ...args }, { viewer, services }) => {
      const page = parseInboxPage(args);
      return toConnection(await services.inbox.listOf(viewer!.id, filter ?? {}, page), page);
    },
  },
  Mutation: {
    muteConversation: placing<{ conversationId: string; until?: Date | null }>(
      ({ services }, userId, key, { until }) => services.inbox.mute(userId, key, until),
    ),
    unmuteConversation: placing(({ services }, userId, key) => services.inbox.unmute(userId, key)),
    archiveConversation: placing(({ services }, userId, key) => services.inbox.archive(userId, key)),
    unarchiveConversation: placing(({ services }, userId, key) => services.inbox.unarchive(userId, key)),
    pinConversation: placing(({ services }, userId, key) => services.inbox.pin(userId, key)),
    unpinConversation: placing(({ services }, userId, key) => services.inbox.unpin(userId, key)),
  },
  Conversation: {
    isPinned: (side) => side.pinRank === 1,
    mutedUntil: (side, _args, { services }) => services.inbox.mutedUntil(side),
  },
};
