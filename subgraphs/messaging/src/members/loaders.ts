import {
  createFirstPageLoaders,
  orderOf,
  parsePage,
  type ConnectionArgs,
  type FirstPage,
  type Loader,
  type Page,
} from '@diaspora/kit';
import type { Participant } from '../__generated__/prisma/client.js';
import { Prisma, type Db } from '../database.js';

export type Member = Pick<Participant, 'conversationId' | 'userId' | 'role' | 'joinedAt'>;

export interface MemberLoaders {
  /** The first page of those who take part in each conversation, by its key. */
  readonly members: (page: FirstPage) => Loader<string, Member[]>;
  /** A page after a cursor, of one conversation. */
  readonly furtherMembers: (conversationId: string, page: Page) => Promise<Member[]>;
}

export const parseMembersPage = (args: ConnectionArgs): Page =>
  parsePage(args, [
    { field: 'joinedAt', direction: 'asc', type: 'date' },
    { field: 'userId', direction: 'asc', type: 'uuid' },
  ]);

export const createMemberLoaders = (db: Db): MemberLoaders => ({
  members: createFirstPageLoaders(
    (ids: readonly string[], page) => {
      const order = Prisma.raw(orderOf(page));
      return db.$queryRaw<Member[]>`
        SELECT first.* FROM unnest(${[...ids]}::uuid[]) AS wanted(id) CROSS JOIN LATERAL (
          SELECT conversation_id AS "conversationId", user_id AS "userId", role::text, joined_at AS "joinedAt"
          FROM participants WHERE conversation_id = wanted.id AND left_at IS NULL
          ORDER BY ${order} LIMIT ${page.take}::int) AS first`;
    },
    (side) => side.conversationId,
  ),
  furtherMembers: (conversationId, page) =>
    db.participant.findMany({
      where: { AND: [{ conversationId, leftAt: null }, page.where] },
      orderBy: page.orderBy,
      take: page.take,
    }),
});
