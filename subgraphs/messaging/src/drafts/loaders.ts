import { createRowLoader, type Loader, type Viewer } from '@diaspora/kit';
import type { Draft } from '../__generated__/prisma/client.js';
import type { Db } from '../database.js';

export interface DraftLoaders {
  /** The viewer's draft in a conversation, by its key. */
  readonly draft: Loader<string, Draft | null>;
}

export const createDraftLoaders = (db: Db, viewer: Viewer | null): DraftLoaders => ({
  draft: createRowLoader(
    async (ids) =>
      viewer ? db.draft.findMany({ where: { userId: viewer.id, conversationId: { in: [...ids] } } }) : [],
    (draft) => draft.conversationId,
  ),
});
