import { anyone, authenticated, carriers, type PermissionMap } from '@diaspora/kit';

export const permissions: PermissionMap = {
  Mutation: { likePost: authenticated, unlikePost: authenticated },
  Post: { reactionCount: anyone, viewerHasLiked: anyone },
  ...carriers('LikePostPayload', 'UnlikePostPayload'),
};
