import { dayMs, type Clock } from '@diaspora/kit';
import type { Db } from '../database.js';

/** Scans of a door without a network arrive late, and places are given back. */
const againMs = 7 * dayMs;

/** Counts, each night, what happened on the days before: as numbers, so that a report reads no rows of people. */
export const createCounting =
  ({ db, clock }: { db: Db; clock: Clock }) =>
  async (): Promise<void> => {
    const until = new Date(Math.floor(clock.now().getTime() / dayMs) * dayMs);
    await db.$transaction(async (tx) => {
      // One count at a time: two would delete and write the same days.
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended('event_counts', 0))`;
      const [last] = await tx.$queryRaw<{ from: Date | null }[]>`
        SELECT coalesce((SELECT max(day)::timestamptz FROM event_counts), (SELECT min(created_at) FROM events)) AS from`;
      if (!last?.from) return;
      const from = new Date(Math.floor((last.from.getTime() - againMs) / dayMs) * dayMs);
      await tx.$executeRaw`DELETE FROM event_counts WHERE day >= (${from}::timestamptz AT TIME ZONE 'UTC')::date`;
      await tx.$executeRaw`
        INSERT INTO event_counts (day, country_code, created, held, registrations, check_ins,
          tickets_sold, tickets_refunded, expected, attended)
        SELECT (at AT TIME ZONE 'UTC')::date, country_code, count(*) FILTER (WHERE what = 'created'),
          count(*) FILTER (WHERE what = 'held'), coalesce(sum(people) FILTER (WHERE what = 'registered'), 0),
          count(*) FILTER (WHERE what = 'came'), count(*) FILTER (WHERE what = 'sold'),
          count(*) FILTER (WHERE what = 'refunded'), coalesce(sum(people) FILTER (WHERE what = 'expected'), 0),
          coalesce(sum(people) FILTER (WHERE what = 'attended'), 0)
        FROM (
          SELECT 'created' AS what, created_at AS at, country_code, 0 AS people FROM events
          WHERE created_at >= ${from} AND created_at < ${until}
          UNION ALL
          SELECT 'held', ends_at, country_code, 0 FROM events
          WHERE status = 'PUBLISHED' AND ends_at >= ${from} AND ends_at < ${until}
          UNION ALL
          SELECT 'registered', r.confirmed_at, e.country_code, greatest(r.places, 1)
          FROM registrations r JOIN events e ON e.id = r.event_id
          WHERE r.status = 'CONFIRMED' AND r.confirmed_at >= ${from} AND r.confirmed_at < ${until}
          UNION ALL
          SELECT 'came', c.entered_at, e.country_code, 0 FROM check_ins c JOIN events e ON e.id = c.event_id
          WHERE c.entered_at >= ${from} AND c.entered_at < ${until}
          UNION ALL
          SELECT 'sold', t.issued_at, e.country_code, 0 FROM tickets t JOIN events e ON e.id = t.event_id
          WHERE t.issued_at >= ${from} AND t.issued_at < ${until}
          UNION ALL
          SELECT 'refunded', t.cancelled_at, e.country_code, 0 FROM tickets t JOIN events e ON e.id = t.event_id
          WHERE t.cancelled_at >= ${from} AND t.cancelled_at < ${until}
          UNION ALL
          SELECT turnout.what, e.ends_at, e.country_code, turnout.people
          FROM events e
          CROSS JOIN LATERAL (SELECT count(DISTINCT holder_id) AS came FROM check_ins c
            WHERE c.event_id = e.id AND c.entered_at IS NOT NULL) AS door
          CROSS JOIN LATERAL (VALUES ('attended', door.came), ('expected', (SELECT count(*) FROM registrations r
            WHERE r.event_id = e.id AND r.status = 'CONFIRMED'))) AS turnout (what, people)
          WHERE e.status = 'PUBLISHED' AND e.ends_at >= ${from} AND e.ends_at < ${until} AND door.came > 0
        ) AS happened
        GROUP BY 1, 2`;
    });
  };
