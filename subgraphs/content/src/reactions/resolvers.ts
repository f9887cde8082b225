import { mutation } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import { postIds } from '../ids.js';

export const resolvers: Resolvers = {
  Mutation: {
    likePost: mutation(async ({ postId }, { viewer, services }) => ({
      post: await services.reactions.like(viewer!, postIds.decode(postId)),
    })),
    unlikePost: mutation(async ({ postId }, { viewer, services }) => ({
      post: await services.reactions.unlike(viewer!, postIds.decode(postId)),
    })),
  },
  Post: {
    viewerHasLiked: async (post, _args, { loaders }) => (await loaders.viewerReaction.load(post.id)) !== null,
  },
};
