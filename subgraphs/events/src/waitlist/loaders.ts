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
      SELECT w.id, (SELECT count(*)::int FROM waitlist_entries other
        WHERE other.event_id = w.event_id AND other.status = 'WAITING'
          AND (other.joined_at, other.id) <= (w.joined_at, w.id)) AS position
      FROM waitlist_entries w WHERE w.id = ANY(${[...ids]}::uuid[]) AND w.status = 'WAITING'`,
    ({ id }) => id,
  ),
});

/** Whether an offer still stands. */
export const isOffered = ({ status, offerExpiresAt }: WaitlistEntry, now: Date): boolean =>
  status === 'OFFERED' && offerExpiresAt !== null && offerExpiresAt > now;
