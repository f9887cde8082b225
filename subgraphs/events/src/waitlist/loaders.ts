import { createRowLoader, type Loader, type Viewer } from '@diaspora/kit';
import type { WaitlistEntry } from '../__generated__/prisma/client.js';
import type { Db } from '../database.js';

export interface WaitlistLoaders {
  /** The viewer's entry, by event. */
  readonly viewerWaitlistEntry: Loader<string, WaitlistEntry | null>;
  /**
   * How many wait, and how many places the most modest of those wants whom the organizer has not blocked, by event; null
   * where nobody waits.
   */
  readonly waiting: Loader<string, { readonly count: number; readonly fewest: number | null } | null>;
  /** How many wait for the same event since before, and the entry itself; by entry. */
  readonly waitlistPosition: Loader<string, { readonly position: number } | null>;
}

export const createWaitlistLoaders = (db: Db, viewer: Viewer | null): WaitlistLoaders => ({
  viewerWaitlistEntry: createRowLoader(
    async (eventIds) =>
      viewer
        ? db.waitlistEntry.findMany({ where: { userId: viewer.id, eventId: { in: [...eventIds] } } })
        : [],
    ({ eventId }) => eventId,
  ),
  waiting: createRowLoader(
    (eventIds) => db.$queryRaw<{ eventId: string; count: number; fewest: number | null }[]>`
      SELECT w.event_id AS "eventId", count(*)::int AS count,
        min(w.places) FILTER (WHERE NOT EXISTS (SELECT 1 FROM blocks b
          WHERE b.blocker_id = e.organizer_id AND b.blocked_id = w.user_id AND b.is_active)) AS fewest
      FROM waitlist_entries w JOIN events e ON e.id = w.event_id
      WHERE w.event_id = ANY(${[...eventIds]}::uuid[]) AND w.status = 'WAITING' GROUP BY w.event_id`,
    ({ eventId }) => eventId,
  ),
  waitlistPosition: createRowLoader(
    (ids) => db.$queryRaw<{ id: string; position: number }[]>`
      SELECT id, position FROM (
        SELECT id, row_number() OVER (PARTITION BY event_id ORDER BY joined_at, id)::int AS position
        FROM waitlist_entries WHERE status = 'WAITING' AND event_id IN (
          SELECT event_id FROM waitlist_entries WHERE id = ANY(${[...ids]}::uuid[]))) AS queue
      WHERE id = ANY(${[...ids]}::uuid[])`,
    ({ id }) => id,
  ),
});

/** Whether an offer still stands. */
export const isOffered = ({ status, offerExpiresAt }: WaitlistEntry, now: Date): boolean =>
  status === 'OFFERED' && offerExpiresAt !== null && offerExpiresAt > now;
