import { createGroupLoader, type Loader, type Viewer } from '@diaspora/kit';
import type { MessageEdit } from '../__generated__/prisma/client.js';
import { toldUntil } from '../conversations/index.js';
import type { Db } from '../database.js';

export interface EditLoaders {
  /** What a message said before, oldest first, as far as the viewer was there. Whoever asks sees the message. */
  readonly messageEdits: Loader<string, MessageEdit[]>;
}

export const createEditLoaders = (db: Db, viewer: Viewer | null): EditLoaders => ({
  messageEdits: createGroupLoader(
    async (messageIds) =>
      viewer
        ? db.$queryRaw<MessageEdit[]>`
            SELECT e.id, e.message_id AS "messageId", e.text, e.replaced_at AS "replacedAt"
            FROM messages m JOIN message_edits e ON e.message_id = m.id
            WHERE m.id = ANY(${[...messageIds]}::uuid[]) AND e.replaced_at <= ${toldUntil(viewer.id)} ORDER BY e.id`
        : [],
    (edit) => edit.messageId,
  ),
});
