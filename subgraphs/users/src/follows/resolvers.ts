import type { Resolvers } from '../__generated__/schema.js';
import { changeOf, follow, unfollow } from '../connections/index.js';
import { maySee } from '../profiles/index.js';

export const resolvers: Resolvers = {
  Mutation: { followUser: changeOf(follow), unfollowUser: changeOf(unfollow) },
  User: {
    followers: async (profile, args, context) =>
      (await maySee(profile, 'FOLLOWS', context))
        ? context.loaders.people.page('followers', profile.accountId, args)
        : null,
    following: async (profile, args, context) =>
      (await maySee(profile, 'FOLLOWS', context))
        ? context.loaders.people.page('following', profile.accountId, args)
        : null,
    followerCount: async (profile, _args, context) => {
      if (!(await maySee(profile, 'FOLLOWS', context))) return null;
      return (await context.loaders.connectionCount.load(profile.accountId))?.followers ?? 0;
    },
    followingCount: async (profile, _args, context) => {
      if (!(await maySee(profile, 'FOLLOWS', context))) return null;
      return (await context.loaders.connectionCount.load(profile.accountId))?.following ?? 0;
    },
  },
};
