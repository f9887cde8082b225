import { mutation, pageUnder, parsePage, type SortKey } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import { isAdmin } from '../groups/index.js';
import { joinRequestIds, userIds } from '../ids.js';

const firstAskedFirst: SortKey[] = [
  { field: 'askedAt', direction: 'asc', type: 'date' },
  { field: 'id', direction: 'asc', type: 'uuid' },
];

export const resolvers: Resolvers = {
  Mutation: {
    decideJoinRequest: mutation(async ({ joinRequestId, isApproved }, { viewer, services }) => {
      const id = joinRequestIds.decode(joinRequestId);
      return { joinRequest: await services.joinRequests.decide(viewer!.id, id, isApproved) };
    }),
  },
  Conversation: {
    joinRequests: (side, args, { services, loaders }) => {
      const page = parsePage(args, firstAskedFirst);
      if (!isAdmin(side) || side.leftAt) return null;
      return pageUnder(side.conversationId, page, {
        first: loaders.firstJoinRequests,
        further: (page) => services.joinRequests.pendingOf(side.conversationId, page),
      });
    },
  },
  JoinRequest: {
    id: ({ id }) => joinRequestIds.encode(id),
    user: ({ userId }) => ({ id: userIds.encode(userId) }),
  },
};
