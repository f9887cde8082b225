import { createRowLoader, type Loader, type Viewer } from '@diaspora/kit';
import type { Reaction } from '../__generated__/prisma/client.js';
import type { Db } from '../database.js';

export interface ReactionLoaders {
  /** What the viewer feels about a post, by post. */
  readonly viewerReaction: Loader<string, Reaction | null>;
}

export const createReactionLoaders = (db: Db, viewer: Viewer | null): ReactionLoaders => ({
  viewerReaction: createRowLoader(
    async (postIds) =>
      viewer ? db.reaction.findMany({ where: { userId: viewer.id, postId: { in: [...postIds] } } }) : [],
    (reaction) => reaction.postId,
  ),
});
