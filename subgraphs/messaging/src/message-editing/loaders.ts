import { createGroupLoader, type Loader } from '@diaspora/kit';
import type { MessageEdit } from '../__generated__/prisma/client.js';
import type { Db } from '../database.js';

export interface EditLoaders {
  /** What a message said before, oldest first. Whoever asks sees the message. */
  readonly messageEdits: Loader<string, MessageEdit[]>;
}

export const createEditLoaders = (db: Db): EditLoaders => ({
  messageEdits: createGroupLoader(
    (messageIds) =>
      db.messageEdit.findMany({ where: { messageId: { in: [...messageIds] } }, orderBy: { id: 'asc' } }),
    (edit) => edit.messageId,
  ),
});
