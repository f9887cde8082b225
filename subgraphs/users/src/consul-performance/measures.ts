import { Prisma, type Db } from '../database.js';
import type { Period } from './rules.js';

/** An office, and the time in which it is looked at. */
export interface Window extends Period {
  readonly officeId: string;
}

export interface Measures {
  readonly officeId: string;
  readonly held: number;
  /** Of the events at which people were checked in. */
  readonly registered: number;
  readonly checkedIn: number;
  readonly ratings: number;
  readonly eventMean: number | null;
  readonly organizerMean: number | null;
}

export interface Means {
  readonly event: number | null;
  readonly organizer: number | null;
}

/** What counts for a consul: the own events of the own city, by when they began. */
const own = Prisma.sql`
  e.organizer_id = o.holder_id AND e.type = 'LOCAL' AND e.country_code = o.country_code AND e.city_key = o.city_key
  AND e.starts_at >= w.starts AND e.starts_at < w.ends`;

/** By office, in one statement. */
export async function readMeasures(db: Db, windows: readonly Window[]): Promise<Map<string, Measures>> {
  const rows = await db.$queryRaw<Measures[]>`
    SELECT o.id AS "officeId", events.held, events.registered, events."checkedIn",
      ratings.ratings, ratings."eventMean", ratings."organizerMean"
    FROM unnest(${windows.map(({ officeId }) => officeId)}::uuid[], ${windows.map(({ from }) => from)}::timestamptz[],
      ${windows.map(({ to }) => to)}::timestamptz[]) AS w (id, starts, ends)
    JOIN offices o ON o.id = w.id
    CROSS JOIN LATERAL (
      SELECT count(*)::int AS held, coalesce(sum(checked_in_count), 0)::int AS "checkedIn",
        coalesce(sum(registered_count) FILTER (WHERE checked_in_count IS NOT NULL), 0)::int AS registered
      FROM held_events e WHERE ${own}
    ) AS events
    CROSS JOIN LATERAL (
      SELECT count(*)::int AS ratings, avg(r.event)::float8 AS "eventMean", avg(r.organizer)::float8 AS "organizerMean"
      FROM held_events e JOIN event_ratings r ON r.event_id = e.event_id WHERE ${own}
    ) AS ratings`;
  return new Map(rows.map((row) => [row.officeId, row]));
}

/** What a rating was on average at the local events of a period, wherever they were. */
export async function readMeans(db: Db, { from, to }: Period): Promise<Means> {
  const [means] = await db.$queryRaw<Means[]>`
    SELECT avg(r.event)::float8 AS event, avg(r.organizer)::float8 AS organizer
    FROM held_events e JOIN event_ratings r ON r.event_id = e.event_id
    WHERE e.type = 'LOCAL' AND e.starts_at >= ${from} AND e.starts_at < ${to}`;
  return means!;
}
