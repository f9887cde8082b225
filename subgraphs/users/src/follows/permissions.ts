import { authenticated, carriers, type PermissionMap } from '@diaspora/kit';

/** To whom the lists of a person are shown is for that person to say. */
export const permissions: PermissionMap = {
  Mutation: { followUser: authenticated, unfollowUser: authenticated },
  User: {
    followers: authenticated,
    following: authenticated,
    followerCount: authenticated,
    followingCount: authenticated,
  },
  ...carriers('FollowUserPayload', 'UnfollowUserPayload'),
};
