import { mutation, parsePage, toConnection, type SortKey } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import { eventIds, postIds, referencedKey, userIds } from '../ids.js';

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
      const key = referencedKey(postIds, id);
      return key ? loaders.post.load(key) : null;
    },
    id: (post) => postIds.encode(post.id),
    author: (post) => ({ id: userIds.encode(post.authorId) }),
    event: (post) => (post.eventId ? { id: eventIds.encode(post.eventId) } : null),
    media: async (post, _args, { loaders }) =>
      (await loaders.filesOfPost.load(post.id)).map(({ media }) => media),
  },
  User: {
    __resolveReference: ({ id }) => (referencedKey(userIds, id) ? { id } : null),
    posts: async (user, args, { viewer, services }) => {
      const page = parsePage(args, newestFirst);
      const authorId = userIds.decode(user.id);
      return toConnection(await services.posts.list(viewer, { authorId }, page), page);
    },
  },
  Event: {
    __resolveReference: ({ id }) => (referencedKey(eventIds, id) ? { id } : null),
    posts: async (event, args, { viewer, services }) => {
      const page = parsePage(args, newestFirst);
      const eventId = eventIds.decode(event.id);
      return toConnection(await services.posts.list(viewer, { eventId }, page), page);
    },
  },
};
