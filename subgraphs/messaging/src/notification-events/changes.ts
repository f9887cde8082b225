import type { Db } from '../database.js';
import { createBatches, extentOf, type Found, type Snapshot } from '../following/index.js';

/** More notifications than that are read anew rather than told one by one. */
const mostAtOnce = 100;

export interface NotificationChanges extends Found {
  readonly notificationIds: readonly string[];
  readonly unreadCount: number;
}

interface Ask {
  readonly recipientId: string;
  readonly since: Snapshot | null;
}

type Row = Omit<NotificationChanges, 'extent'>;

/** Notifications that were written by a transaction which a person's snapshot does not see, for many people at once. */
export const createNotificationChanges = (db: Db): ((ask: Ask) => Promise<NotificationChanges>) =>
  createBatches(async (asks: readonly Ask[]) => {
    const rows = await db.$queryRaw<Row[]>`
      SELECT pg_current_snapshot()::text AS snapshot, ARRAY(
        SELECT n.id FROM notifications n
        WHERE n.recipient_id = ask.recipient_id AND n.is_in_inbox AND n.changed_in >= pg_snapshot_xmin(ask.since)
          AND n.changed_in < pg_snapshot_xmax(pg_current_snapshot())
          AND NOT pg_visible_in_snapshot(n.changed_in, ask.since)
        ORDER BY n.changed_in LIMIT ${mostAtOnce + 1}::int) AS "notificationIds",
        (SELECT count(*)::int FROM notifications n
         WHERE n.recipient_id = ask.recipient_id AND n.read_at IS NULL AND n.is_in_inbox
           AND n.withdrawn_at IS NULL) AS "unreadCount"
      FROM unnest(
        ${asks.map(({ recipientId }) => recipientId)}::uuid[], ${asks.map(({ since }) => since)}::pg_snapshot[]
      ) WITH ORDINALITY AS ask (recipient_id, since, number)
      ORDER BY ask.number`;
    return rows.map((row) => ({ ...row, extent: extentOf(row.notificationIds.length, mostAtOnce) }));
  });
