import { createGroupLoader, type Clock, type Loader } from '@diaspora/kit';
import type { InviteLink } from '../__generated__/prisma/client.js';
import type { Db } from '../database.js';
import { validAt } from './rules.js';

export interface InviteLinkLoaders {
  /** Those by which somebody can join now, newest first, by the group: as many as it may have. Whoever asks is an admin of it. */
  readonly inviteLinks: Loader<string, InviteLink[]>;
}

export const createInviteLinkLoaders = (db: Db, clock: Clock): InviteLinkLoaders => ({
  inviteLinks: createGroupLoader(
    (conversationIds: readonly string[]) =>
      db.inviteLink.findMany({
        where: { conversationId: { in: [...conversationIds] }, ...validAt(clock.now()) },
        orderBy: { id: 'desc' },
      }),
    (link) => link.conversationId,
  ),
});
