import { anyone, authenticated, carriers, type PermissionMap } from '@diaspora/kit';

/** A comment is seen by whoever sees its post; who may delete it is decided by the service. */
export const permissions: PermissionMap = {
  Mutation: { addComment: authenticated, deleteComment: authenticated },
  Post: { commentCount: anyone, comments: anyone },
  Comment: { '*': anyone },
  ...carriers('CommentConnection', 'CommentEdge', 'AddCommentPayload', 'DeleteCommentPayload'),
};
