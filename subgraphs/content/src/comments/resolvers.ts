import { AppError, mutation, pageUnder, parsePage, type SortKey } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import { commentIds, userIds } from '../ids.js';

const oldestFirst: readonly SortKey[] = [
  { field: 'createdAt', direction: 'asc', type: 'date' },
  { field: 'id', direction: 'asc', type: 'uuid' },
];

export const resolvers: Resolvers = {
  Mutation: {
    addComment: mutation(async (input, { viewer, services }) => ({
      comment: await services.comments.add(viewer!, input),
    })),
    deleteComment: mutation(async ({ commentId }, { viewer, services }) => ({
      comment: await services.comments.remove(viewer!, commentIds.decode(commentId)),
    })),
  },
  Post: {
    comments: (post, args, { viewer, services, loaders }) =>
      pageUnder(post.id, parsePage(args, oldestFirst), {
        first: loaders.firstComments,
        further: (page) => services.comments.list(viewer, post.id, page),
      }),
  },
  Comment: {
    __resolveReference: ({ id }, { loaders }) => {
      const key = commentIds.find(id);
      return key ? loaders.comment.load(key) : null;
    },
    id: (comment) => commentIds.encode(comment.id),
    author: (comment) => ({ id: userIds.encode(comment.authorId) }),
    post: async (comment, _args, { loaders }) => {
      const post = await loaders.post.load(comment.postId);
      // Removed since the comment was read.
      if (!post) throw new AppError('NOT_FOUND', 'There is no such post.');
      return post;
    },
    isDeleted: (comment) => comment.deletedAt !== null,
  },
};
