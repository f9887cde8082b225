import type { Resolvers } from '../__generated__/schema.js';
import { block, changeOf, mute, unblock, unmute } from '../connections/index.js';

export const resolvers: Resolvers = {
  Query: {
    blockedUsers: (_parent, args, { viewer, loaders }) => loaders.people.page('blocked', viewer!.id, args),
    mutedUsers: (_parent, args, { viewer, loaders }) => loaders.people.page('muted', viewer!.id, args),
  },
  Mutation: {
    blockUser: changeOf(block),
    unblockUser: changeOf(unblock),
    muteUser: changeOf(mute),
    unmuteUser: changeOf(unmute),
  },
};
