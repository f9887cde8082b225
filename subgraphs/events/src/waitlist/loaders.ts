import { createRowLoader, type Loader, type Viewer } from '@diaspora/kit';
import type { WaitlistEntry } from '../__generated__/prisma/client.js';
import type { Db } from '../database.js';

export interface WaitlistLoaders {
  /** The viewer's entry, by event. */
  readonly viewerWaitlistEntry: Loader<string, WaitlistEntry | null>;
  /** How many wait and how many places the most modest of them wants, by event; null where nobody waits. */
  readonly waiting: Loader<string, { readonly count: number; readonly fewest: number } | null>;
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
    (eventIds) => db.$queryRaw<{ eventId: string; count: number; fewest: number }[]>`
      SELECT event_id AS "eventId", count(*)::int AS count, min(places) AS fewest FROM waitlist_entries
      WHERE event_id = ANY(${[...eventIds]}::uuid[]) AND status = 'WAITING' GROUP BY event_id`,
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
