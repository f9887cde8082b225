import { mutation, parsePage, toConnection } from '@diaspora/kit';
import type { Resolvers, UserErrorCode } from '../__generated__/schema.js';
import { conversationIds, mediaIds, scheduledMessageIds, userIds } from '../ids.js';
import { earliestFirst } from './rules.js';

export const resolvers: Resolvers = {
  Query: {
    scheduledMessages: async (_parent, { conversationId, ...args }, { viewer, services }) => {
      const page = parsePage(args, earliestFirst);
      const key = conversationId == null ? null : conversationIds.decode(conversationId);
      return toConnection(await services.scheduledMessages.listOf(viewer!.id, key, page), page);
    },
  },
  Mutation: {
    scheduleMessage: mutation(async (input, { viewer, services }) => {
      const conversationId = conversationIds.decode(input.conversationId);
      const scheduledMessage = await services.scheduledMessages.schedule(viewer!, {
        ...input,
        conversationId,
      });
      return { scheduledMessage };
    }),
    updateScheduledMessage: mutation(async ({ scheduledMessageId, ...input }, context) => {
      const own = { id: scheduledMessageIds.decode(scheduledMessageId), senderId: context.viewer!.id };
      const scheduledMessage = await context.services.scheduledMessages.update({ ...input, ...own });
      return { scheduledMessage };
    }),
    cancelScheduledMessage: mutation(async ({ scheduledMessageId }, { viewer, services }) => {
      const own = { id: scheduledMessageIds.decode(scheduledMessageId), senderId: viewer!.id };
      return { scheduledMessage: await services.scheduledMessages.cancel(own) };
    }),
  },
  ScheduledMessage: {
    __resolveReference: ({ id }, { loaders }) => {
      const key = scheduledMessageIds.find(id);
      return key === null ? null : loaders.scheduledMessage.load(key);
    },
    id: ({ id }) => scheduledMessageIds.encode(id),
    conversation: ({ conversationId }, _args, { loaders }) => loaders.conversation.load(conversationId),
    replyTo: ({ replyToId }, _args, { loaders }) => (replyToId ? loaders.message.load(replyToId) : null),
    mentions: ({ mentionIds }) => mentionIds.map((id) => ({ id: userIds.encode(id) })),
    media: (row) => row.mediaIds.map((id) => ({ id: mediaIds.encode(id) })),
    location: ({ latitude, longitude, placeLabel }) =>
      latitude === null || longitude === null ? null : { point: { latitude, longitude }, label: placeLabel },
    contact: ({ contactId }) => (contactId ? { id: userIds.encode(contactId) } : null),
    failure: ({ failureCode, failureMessage }) =>
      failureCode === null ? null : { code: failureCode as UserErrorCode, message: failureMessage! },
    message: ({ messageId }, _args, { loaders }) => (messageId ? loaders.message.load(messageId) : null),
  },
  ScheduledMessageFailed: {
    scheduledMessage: ({ details }, _args, { loaders }) =>
      loaders.scheduledMessage.load((details as { id: string }).id),
  },
};
