import { mutation, pageUnder, parsePage } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import type { Context } from '../context.js';
import { messageIds, userIds } from '../ids.js';
import { oldestFirst } from './rules.js';

export const resolvers: Resolvers = {
  Mutation: {
    addMessageReaction: mutation((input, context) => change('add', input, context)),
    removeMessageReaction: mutation((input, context) => change('remove', input, context)),
  },
  Message: {
    reactionCounts: ({ id }, _args, { loaders }) => loaders.reactionCounts.load(id),
    reactions: ({ id }, args, { viewer, services, loaders }) =>
      pageUnder(id, parsePage(args, oldestFirst), {
        first: loaders.firstReactions,
        further: (page) => services.reactions.pageOf(viewer!.id, id, page),
      }),
  },
  MessageReaction: { person: ({ userId }) => ({ id: userIds.encode(userId) }) },
  ReactionsChanged: {
    message: ({ messageId }, _args, { loaders }) => loaders.message.load(messageId!),
  },
};

async function change(
  how: 'add' | 'remove',
  { messageId, emoji }: { messageId: string; emoji: string },
  { viewer, services, loaders }: Context,
) {
  const id = messageIds.decode(messageId);
  await services.reactions[how]({ userId: viewer!.id, messageId: id, emoji });
  loaders.reactionCounts.clear(id);
  loaders.message.clear(id);
  return { message: await loaders.message.load(id) };
}
