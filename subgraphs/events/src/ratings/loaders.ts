import { createRowLoader, type Clock, type Loader, type Viewer } from '@diaspora/kit';
import type { Rating } from '../__generated__/prisma/client.js';
import { Prisma, type Db } from '../database.js';
import { fewestRatings, ratingWindowMs } from './rules.js';

/** Ratings put together. Without means where there are too few of events that nobody can rate any more. */
export interface RatingSummary {
  readonly sampleSize: number;
  readonly event: number | null;
  readonly participants: number | null;
  readonly exchange: number | null;
  readonly venue: number | null;
  readonly organizer: number | null;
}

export interface RatingLoaders {
  /** Whether the viewer went in, by event; null when not. */
  readonly viewerEntered: Loader<string, { readonly eventId: string } | null>;
  /** The viewer's ratings, by event. */
  readonly viewerRating: Loader<string, Rating | null>;
  /** By event; null where nobody has rated. */
  readonly ratingsOfEvent: Loader<string, RatingSummary | null>;
  /** Of all events a person organized, by person; null where nobody has rated one. */
  readonly ratingsOfOrganizer: Loader<string, RatingSummary | null>;
}

export const createRatingLoaders = (db: Db, clock: Clock, viewer: Viewer | null): RatingLoaders => ({
  viewerEntered: createRowLoader(
    async (eventIds) =>
      viewer
        ? db.checkIn.findMany({
            where: { eventId: { in: [...eventIds] }, holderId: viewer.id, enteredAt: { not: null } },
            select: { eventId: true },
          })
        : [],
    ({ eventId }) => eventId,
  ),
  viewerRating: createRowLoader(
    async (eventIds) =>
      viewer ? db.rating.findMany({ where: { raterId: viewer.id, eventId: { in: [...eventIds] } } }) : [],
    (rating) => rating.eventId,
  ),
  ratingsOfEvent: createSummaryLoader(db, clock, Prisma.sql`r.event_id`),
  ratingsOfOrganizer: createSummaryLoader(db, clock, Prisma.sql`r.organizer_id`),
});

/**
 * Means are of events that nobody can rate any more, and that more than a few have rated: told from one rating, or from one
 * event with a single rater, to the next, they would tell each of them.
 */
const createSummaryLoader = (
  db: Db,
  clock: Clock,
  column: Prisma.Sql,
): Loader<string, RatingSummary | null> =>
  createRowLoader(
    (ids) => db.$queryRaw<(RatingSummary & { id: string })[]>`
      SELECT id, "sampleSize",
        CASE WHEN is_told THEN event END AS event, CASE WHEN is_told THEN participants END AS participants,
        CASE WHEN is_told THEN exchange END AS exchange, CASE WHEN is_told THEN venue END AS venue,
        CASE WHEN is_told THEN organizer END AS organizer
      FROM (
        SELECT ${column} AS id, count(*)::int AS "sampleSize",
          count(*) FILTER (WHERE counts) >= ${fewestRatings}::int AS is_told,
          avg(event) FILTER (WHERE counts)::float AS event,
          avg(participants) FILTER (WHERE counts)::float AS participants,
          avg(exchange) FILTER (WHERE counts)::float AS exchange,
          avg(venue) FILTER (WHERE counts)::float AS venue,
          avg(organizer) FILTER (WHERE counts)::float AS organizer
        FROM (
          SELECT r.*, ends_at <= ${closedSince(clock.now())}
            AND count(*) OVER (PARTITION BY r.event_id) >= ${fewestRatings}::int AS counts
          FROM ratings r JOIN events ON events.id = r.event_id
          WHERE ${column} = ANY(${[...ids]}::uuid[])
        ) AS r GROUP BY ${column}
      ) AS summaries`,
    ({ id }) => id,
  );

const closedSince = (now: Date): Date => new Date(now.getTime() - ratingWindowMs);

/** What there is to say before anybody has rated. */
export const noRatings: RatingSummary = {
  sampleSize: 0,
  ...{ event: null, participants: null, exchange: null, venue: null, organizer: null },
};
