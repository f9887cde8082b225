import { countsInTotal } from '../conversations/index.js';
import type { Db } from '../database.js';
import { createBatches, extentOf, type Found, type Snapshot } from '../following/index.js';
import type { ConversationModel } from '../models.js';

/** More conversations than that are read anew rather than told one by one. */
const mostAtOnce = 100;

export interface InboxChanges extends Found {
  /** As the person sees them, the longest unchanged first. */
  readonly conversations: readonly ConversationModel[];
  readonly unreadMessageCount: number;
}

interface Ask {
  readonly userId: string;
  readonly since: Snapshot | null;
}

interface Row {
  readonly snapshot: Snapshot;
  readonly userId: string;
  readonly conversationIds: string[];
  readonly unreadMessageCount: number;
}

/**
 * Conversations of people whose side of them was written by a transaction that their snapshot does not see: read for
 * many people by three statements. A side that claims to be of the future is one that came from a copy of another server.
 */
export const createInboxChanges = (db: Db): ((ask: Ask) => Promise<InboxChanges>) =>
  createBatches(async (asks: readonly Ask[]) => {
    const rows = await db.$queryRaw<Row[]>`
      SELECT pg_current_snapshot()::text AS snapshot, ask.user_id AS "userId", ARRAY(
        SELECT p.conversation_id FROM participants p
        WHERE p.user_id = ask.user_id AND p.changed_in >= pg_snapshot_xmin(ask.since)
          AND p.changed_in < pg_snapshot_xmax(pg_current_snapshot())
          AND NOT pg_visible_in_snapshot(p.changed_in, ask.since) AND p.last_activity_at IS NOT NULL
        ORDER BY p.changed_in LIMIT ${mostAtOnce + 1}::int) AS "conversationIds",
        (SELECT coalesce(sum(p.unread_count), 0)::int FROM participants p
         WHERE p.user_id = ask.user_id AND p.unread_count > 0 AND ${countsInTotal}) AS "unreadMessageCount"
      FROM unnest(${asks.map(({ userId }) => userId)}::uuid[], ${asks.map(({ since }) => since)}::pg_snapshot[])
        WITH ORDINALITY AS ask (user_id, since, number)
      ORDER BY ask.number`;
    const told = rows.map((row) => ({ ...row, extent: extentOf(row.conversationIds.length, mostAtOnce) }));
    const sideOf = await sidesOf(
      db,
      told.filter(({ extent }) => extent === 'SOME'),
    );
    return told.map(({ userId, conversationIds, ...row }) => ({
      ...row,
      conversations: conversationIds.flatMap((id) => sideOf(userId, id) ?? []),
    }));
  });

/** What each of these people sees of their conversations. Many are told of the same ones: each is asked for once. */
async function sidesOf(db: Db, told: readonly Pick<Row, 'userId' | 'conversationIds'>[]) {
  const people = new Map<string, string[]>();
  for (const { userId, conversationIds } of told)
    for (const id of conversationIds) people.set(id, [...(people.get(id) ?? []), userId]);
  const wanted = [...people].map(([conversationId, userIds]) => ({
    conversationId,
    userId: { in: userIds },
  }));
  const sides =
    wanted.length > 0
      ? await db.participant.findMany({ where: { OR: wanted }, include: { conversation: true } })
      : [];
  const byKey = new Map(sides.map((side) => [`${side.userId}:${side.conversationId}`, side]));
  return (userId: string, conversationId: string) => byKey.get(`${userId}:${conversationId}`);
}
