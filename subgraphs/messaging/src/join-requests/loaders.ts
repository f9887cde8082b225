import { createFirstPageLoaders, type FirstPage, type Loader } from '@diaspora/kit';
import type { JoinRequest } from '../__generated__/prisma/client.js';
import { firstRows, Prisma, type Db } from '../database.js';

export interface JoinRequestLoaders {
  /** The first or last of those who wait, by the group. Whoever asks is an admin of it. */
  readonly firstJoinRequests: (page: FirstPage) => Loader<string, JoinRequest[]>;
}

const waiting = {
  table: 'join_requests',
  parent: 'conversationId',
  condition: Prisma.sql`status = 'PENDING'`,
};

export const createJoinRequestLoaders = (db: Db): JoinRequestLoaders => ({
  firstJoinRequests: createFirstPageLoaders(
    firstRows(db, waiting, (rows) => db.joinRequest.findMany(rows)),
    (request) => request.conversationId,
  ),
});
