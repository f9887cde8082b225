import { mutation } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import { conversationIds, userIds } from '../ids.js';

export const resolvers: Resolvers = {
  Query: {
    conversation: (_parent, { id }, { loaders }) => loaders.conversation.load(conversationIds.decode(id)),
  },
  Mutation: {
    openDirectConversation: mutation(async ({ userId }, { viewer, services }) => ({
      conversation: await services.conversations.openDirect(viewer!.id, userIds.decode(userId)),
    })),
  },
  Conversation: {
    __resolveReference: ({ id }, { loaders }) => {
      const key = conversationIds.find(id);
      return key === null ? null : loaders.conversation.load(key);
    },
    id: (side) => conversationIds.encode(side.conversationId),
    kind: (side) => side.conversation.kind,
    participants: async (side, _args, { loaders }) => {
      // Who came and went later is not told to whoever left.
      const sides = side.leftAt ? [side] : await loaders.participants.load(side.conversationId);
      return sides.map(({ userId }) => ({ id: userIds.encode(userId) }));
    },
    name: (side) => side.nameAtLeaving ?? side.conversation.name,
    memberCount: (side) => (side.leftAt ? null : side.conversation.memberCount),
    closedAt: ({ leftAt, conversation: { closedAt } }) =>
      leftAt && closedAt && closedAt > leftAt ? null : closedAt,
    viewerRole: (side) => side.role,
    createdAt: (side) => side.conversation.createdAt,
    lastMessageAt: async (side, _args, { loaders }) =>
      side.leftAt
        ? ((await loaders.lastSeen.load(side.conversationId))?.sentAt ?? null)
        : side.conversation.lastMessageAt,
    lastSequence: async (side, _args, { loaders }) =>
      side.leftAt
        ? ((await loaders.lastSeen.load(side.conversationId))?.sequence ?? 0)
        : side.conversation.lastSequence,
  },
};
