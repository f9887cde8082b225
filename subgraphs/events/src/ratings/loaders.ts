import { createRowLoader, type Loader, type Viewer } from '@diaspora/kit';
import type { Rating } from '../__generated__/prisma/client.js';
import { Prisma, type Db } from '../database.js';
import { fewestRatings } from './rules.js';

/** Ratings put together. Without means where there are too few of them. */
export interface RatingSummary {
  readonly sampleSize: number;
  readonly event: number | null;
  readonly participants: number | null;
  readonly exchange: number | null;
  readonly venue: number | null;
  readonly organizer: number | null;
}

export interface RatingLoaders {
  /** The viewer's ratings, by event. */
  readonly viewerRating: Loader<string, Rating | null>;
  /** By event; null where nobody has rated. */
  readonly ratingsOfEvent: Loader<string, RatingSummary | null>;
  /** Of all events a person organized, by person; null where nobody has rated one. */
  readonly ratingsOfOrganizer: Loader<string, RatingSummary | null>;
}

export const createRatingLoaders = (db: Db, viewer: Viewer | null): RatingLoaders => ({
  viewerRating: createRowLoader(
    async (eventIds) =>
      viewer ? db.rating.findMany({ where: { raterId: viewer.id, eventId: { in: [...eventIds] } } }) : [],
    (rating) => rating.eventId,
  ),
  ratingsOfEvent: createSummaryLoader(db, Prisma.sql`event_id`),
  ratingsOfOrganizer: createSummaryLoader(db, Prisma.sql`organizer_id`),
});

const createSummaryLoader = (db: Db, column: Prisma.Sql): Loader<string, RatingSummary | null> =>
  createRowLoader(
    (ids) => db.$queryRaw<(RatingSummary & { id: string })[]>`
      SELECT id, "sampleSize",
        CASE WHEN is_told THEN event END AS event, CASE WHEN is_told THEN participants END AS participants,
        CASE WHEN is_told THEN exchange END AS exchange, CASE WHEN is_told THEN venue END AS venue,
        CASE WHEN is_told THEN organizer END AS organizer
      FROM (
        SELECT ${column} AS id, count(*)::int AS "sampleSize", count(*) >= ${fewestRatings}::int AS is_told,
          avg(event)::float AS event, avg(participants)::float AS participants, avg(exchange)::float AS exchange,
          avg(venue)::float AS venue, avg(organizer)::float AS organizer
        FROM ratings WHERE ${column} = ANY(${[...ids]}::uuid[]) GROUP BY ${column}
      ) AS summaries`,
    ({ id }) => id,
  );

/** What there is to say before anybody has rated. */
export const noRatings: RatingSummary = {
  sampleSize: 0,
  ...{ event: null, participants: null, exchange: null, venue: null, organizer: null },
};
