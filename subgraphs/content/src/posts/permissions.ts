import { anyone, authenticated, carriers, type PermissionMap } from '@diaspora/kit';

const fields = [
  'id',
  'author',
  'event',
  'text',
  'language',
  'hashtags',
  'media',
  'publishedAt',
  'editedAt',
  'version',
  'visibility',
];

/** Which posts a viewer may reach at all is decided by `visiblePosts`; who may change one, by the service. */
export const permissions: PermissionMap = {
  Query: { post: anyone },
  Mutation: { createPost: authenticated, editPost: authenticated, deletePost: authenticated },
  Post: Object.fromEntries(fields.map((field) => [field, anyone])),
  User: { id: anyone, posts: anyone },
  Event: { id: anyone, posts: anyone },
  ...carriers('PostConnection', 'PostEdge', 'CreatePostPayload', 'EditPostPayload', 'DeletePostPayload'),
};
