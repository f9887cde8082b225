import { createGroupLoader, type Clock, type Loader, type Viewer } from '@diaspora/kit';
import type { Db } from '../database.js';
import { createBatches } from '../following/index.js';
import type { LiveLocationModel } from '../models.js';

interface Ask {
  readonly viewerId: string;
  readonly conversationId: string;
}

type Row = LiveLocationModel & { readonly number: number };

/** In the conversation of a big event more may share where they are than anybody can look at. */
const mostShown = 100;

/**
 * Where people are, as each viewer may see it: both take part, no block is between the two, and the time is not over,
 * also where the job that deletes it is late.
 */
async function seen(db: Db, now: Date, asks: readonly Ask[]): Promise<Row[]> {
  return db.$queryRaw<Row[]>`
    SELECT ask.number::int, l.id, l.conversation_id AS "conversationId", l.user_id AS "userId", l.latitude, l.longitude,
           l.accuracy_meters AS "accuracyMeters", l.updated_at AS "updatedAt", l.started_at AS "startedAt",
           l.ends_at AS "endsAt"
    FROM unnest(
      ${asks.map(({ conversationId }) => conversationId)}::uuid[], ${asks.map(({ viewerId }) => viewerId)}::uuid[]
    ) WITH ORDINALITY AS ask (conversation_id, viewer_id, number)
    JOIN participants me ON me.conversation_id = ask.conversation_id AND me.user_id = ask.viewer_id
      AND me.left_at IS NULL
    CROSS JOIN LATERAL (
      SELECT l.* FROM live_locations l
      JOIN participants p ON p.conversation_id = l.conversation_id AND p.user_id = l.user_id AND p.left_at IS NULL
      WHERE l.conversation_id = ask.conversation_id AND l.ends_at > ${now}
        AND NOT EXISTS (SELECT FROM blocks b WHERE b.is_active AND (b.blocker_id, b.blocked_id)
          IN ((me.user_id, l.user_id), (l.user_id, me.user_id)))
      ORDER BY l.started_at DESC, l.id DESC LIMIT ${mostShown}::int) AS l
    ORDER BY l.started_at, l.id`;
}

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
}

/** Of one conversation for one viewer; many who ask at once are answered together. */
export const createSeenLocations = ({ db, clock }: Dependencies) =>
  createBatches(async (asks: readonly Ask[]): Promise<LiveLocationModel[][]> => {
    const answers: LiveLocationModel[][] = asks.map(() => []);
    for (const { number, ...location } of await seen(db, clock.now(), asks))
      answers[number - 1]!.push(location);
    return answers;
  });

export interface LiveLocationLoaders {
  /** Who shares where they are in a conversation, by its key. */
  readonly liveLocations: Loader<string, LiveLocationModel[]>;
}

export const createLiveLocationLoaders = (
  { db, clock }: Dependencies,
  viewer: Viewer | null,
): LiveLocationLoaders => ({
  liveLocations: createGroupLoader(
    async (ids): Promise<LiveLocationModel[]> =>
      viewer
        ? seen(
            db,
            clock.now(),
            ids.map((conversationId) => ({ conversationId, viewerId: viewer.id })),
          )
        : [],
    (location) => location.conversationId,
  ),
});
