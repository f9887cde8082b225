import { countsInTotal } from '../conversations/index.js';
import type { Db } from '../database.js';
import { createBatches, extentOf, type Found, type Snapshot } from '../following/index.js';

/** More conversations than that are read anew rather than told one by one. */
const mostAtOnce = 100;

export interface InboxChanges extends Found {
  readonly conversationIds: readonly string[];
  readonly unreadMessageCount: number;
}

interface Ask {
  readonly userId: string;
  readonly since: Snapshot | null;
}

interface Row {
  readonly snapshot: Snapshot;
  readonly conversationIds: string[];
  readonly unreadMessageCount: number;
}

/**
 * Conversations of people whose side of them was written by a transaction that their snapshot does not see: read for
 * many people by one statement. A side that claims to be of the future is one that came from a copy of another server.
 */
export const createInboxChanges = (db: Db): ((ask: Ask) => Promise<InboxChanges>) =>
  createBatches(async (asks: readonly Ask[]) => {
    const rows = await db.$queryRaw<Row[]>`
      SELECT pg_current_snapshot()::text AS snapshot, ARRAY(
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
    return rows.map((row) => ({ ...row, extent: extentOf(row.conversationIds.length, mostAtOnce) }));
  });
