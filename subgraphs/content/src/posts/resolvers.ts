import { mutation, pageUnder, parsePage, type SortKey } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import { eventIds, postIds, userIds } from '../ids.js';

/** Newest first; the id decides between posts of one millisecond. */
export const newestFirst: readonly SortKey[] = [
  { field: 'publishedAt', direction: 'desc', type: 'date' },
  { field: 'id', direction: 'desc', type: 'uuid' },
];

export const resolvers: Resolvers = {
  Query: {
    post: (_parent, { id }, { loaders }) => loaders.post.load(postIds.decode(id)),
  },
  Mutation: {
    createPost: mutation(async (input, { viewer, services }) => ({
      post: await services.posts.create(viewer!, input),
    })),
    editPost: mutation(async ({ postId, ...input }, { viewer, services }) => ({
      post: await services.posts.edit(viewer!, postIds.decode(postId), input),
    })),
    deletePost: mutation(async ({ postId }, { viewer, services }) => {
      await services.posts.remove(viewer!, postIds.decode(postId));
      return { deletedPostId: postId };
    }),
  },
  Post: {
    __resolveReference: ({ id }, { loaders }) => {
      const key = postIds.find(id);
      return key ? loaders.post.load(key) : null;
    },
    id: (post) => postIds.encode(post.id),
    author: (post) => ({ id: userIds.encode(post.authorId) }),
    event: (post) => (post.eventId ? { id: eventIds.encode(post.eventId) } : null),
    media: async (post, _args, { loaders }) =>
      (await loaders.filesOfPost.load(post.id)).map(({ media }) => media),
  },
  User: {
    __resolveReference: ({ id }) => (userIds.find(id) ? { id } : null),
    posts: (user, args, { viewer, services, loaders }) => {
      const authorId = userIds.decode(user.id);
      return pageUnder(authorId, parsePage(args, newestFirst), {
        first: loaders.firstPostsOfAuthor,
        further: (page) => services.posts.list(viewer, { authorId }, page),
      });
    },
  },
  Event: {
    __resolveReference: ({ id }) => (eventIds.find(id) ? { id } : null),
    posts: (event, args, { viewer, services, loaders }) => {
      const eventId = eventIds.decode(event.id);
      return pageUnder(eventId, parsePage(args, newestFirst), {
        first: loaders.firstPostsOfEvent,
        further: (page) => services.posts.list(viewer, { eventId }, page),
      });
    },
  },
};
