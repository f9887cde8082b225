import { Prisma, type Db, type Transaction } from '../database.js';
import { fewestRatings, ratingsClosedBy, type Period } from './rules.js';

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
  /** Of the events whose ratings count. */
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

/**
 * What was given at an event; no row where it does not count. A mean of ratings that are still given, or with an event of a
 * single rater in it, would tell who gave which by the next one that is read.
 */
const given = (now: Date) => Prisma.sql`
  SELECT count(*) AS ratings, sum(r.event) AS event, sum(r.organizer) AS organizer FROM event_ratings r
  WHERE r.event_id = e.event_id AND ${endOf} <= ${ratingsClosedBy(now)} HAVING count(*) >= ${fewestRatings}::int`;

/** What was told without its end was over a month after it began: no event is longer. */
const endOf = Prisma.sql`coalesce(e.ends_at, e.starts_at + interval '31 days')`;

const meanOf = (rating: 'event' | 'organizer') =>
  Prisma.sql`(sum(given.${Prisma.raw(rating)}) / sum(given.ratings))::float8`;

/** By office, in one statement. */
export async function readMeasures(
  db: Db | Transaction,
  windows: readonly Window[],
  now: Date,
): Promise<Map<string, Measures>> {
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
      SELECT coalesce(sum(given.ratings), 0)::int AS ratings,
        ${meanOf('event')} AS "eventMean", ${meanOf('organizer')} AS "organizerMean"
      FROM held_events e CROSS JOIN LATERAL (${given(now)}) AS given WHERE ${own}
    ) AS ratings`;
  return new Map(rows.map((row) => [row.officeId, row]));
}

/** What a rating was on average at the local events of a period, wherever they were. */
export async function readMeans(db: Db, { from, to }: Period, now: Date): Promise<Means> {
  const [means] = await db.$queryRaw<Means[]>`
    SELECT ${meanOf('event')} AS event, ${meanOf('organizer')} AS organizer
    FROM held_events e CROSS JOIN LATERAL (${given(now)}) AS given
    WHERE e.type = 'LOCAL' AND e.starts_at >= ${from} AND e.starts_at < ${to}`;
  return means!;
}
