import { createRowLoader, type Clock, type Loader } from '@diaspora/kit';
import type { Db } from '../database.js';

export interface PlacesLoaders {
  /** How many places of an event nobody has or holds now; null without a limit. */
  readonly freePlaces: Loader<string, { readonly free: number } | null>;
}

export const createPlacesLoaders = (db: Db, clock: Clock): PlacesLoaders => ({
  freePlaces: createRowLoader(
    (ids) => db.$queryRaw<{ eventId: string; free: number }[]>`
      SELECT id AS "eventId", greatest(0, capacity - registered_count - ticketed_count - (
        SELECT coalesce(sum(places), 0)::int FROM place_holds
        WHERE event_id = events.id AND expires_at > ${clock.now()})) AS free
      FROM events WHERE id = ANY(${[...ids]}::uuid[]) AND capacity IS NOT NULL`,
    ({ eventId }) => eventId,
  ),
});
