import { dayMs, type Clock } from '@diaspora/kit';
import type { Db } from '../database.js';
import { longestEventMs } from './rules.js';

const countedMs = 30 * dayMs;

/**
 * Counts how many registered for each event in the last thirty days. Each hour and not at once: a list in the order of
 * what is popular stands still between two counts, and a hot event has no further column that everybody writes to. An
 * event that is being registered for at the moment is counted an hour later.
 */
export const createPopularity =
  ({ db, clock }: { db: Db; clock: Clock }) =>
  async (): Promise<void> => {
    const now = clock.now();
    const since = new Date(now.getTime() - countedMs);
    // What ended since the last counts, with days to spare in which no job ran.
    const from = new Date(now.getTime() - longestEventMs - 7 * dayMs);
    await db.$executeRaw`
      WITH counted AS (
        SELECT e.id, CASE WHEN e.ends_at <= ${now} THEN -1 ELSE (
          SELECT count(*)::int FROM registrations r
          WHERE r.event_id = e.id AND r.status = 'CONFIRMED' AND r.confirmed_at > ${since}) END AS popularity
        FROM events e WHERE e.status = 'PUBLISHED' AND e.starts_at > ${from}),
      changed AS (
        SELECT e.id, counted.popularity FROM events e JOIN counted USING (id)
        WHERE e.popularity <> counted.popularity FOR NO KEY UPDATE OF e SKIP LOCKED)
      UPDATE events SET popularity = changed.popularity FROM changed WHERE events.id = changed.id`;
  };
