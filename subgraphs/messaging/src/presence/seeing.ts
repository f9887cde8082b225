import { isAcceptedBy } from '../conversations/index.js';
import { Prisma, type Db } from '../database.js';
import { createBatches } from '../following/index.js';

export interface Sight {
  readonly viewerId: string;
  readonly personId: string;
  /** What is seen there only; anywhere when absent. */
  readonly conversationId?: string;
}

/** What was never said in does not count: else whoever opens a conversation would see who is there. */
const bothTakePart = Prisma.sql`
  mine.user_id = sight.viewer_id AND mine.left_at IS NULL AND mine.last_activity_at IS NOT NULL
  AND theirs.user_id = sight.person_id AND theirs.left_at IS NULL AND theirs.last_activity_at IS NOT NULL
  AND ${isAcceptedBy('theirs')}`;

/**
 * Whether somebody may see what a person is doing: no block is between the two, the person shows it, and both take part
 * in the conversation, which the person has accepted; without one, they are friends or share any such.
 */
export const createSeeing = ({ db }: { readonly db: Db }) =>
  createBatches(async (sights: readonly Sight[]) => {
    const rows = await db.$queryRaw<{ isSeen: boolean }[]>`
      SELECT NOT EXISTS (
          SELECT FROM blocks b WHERE b.is_active AND (b.blocker_id, b.blocked_id)
            IN ((sight.viewer_id, sight.person_id), (sight.person_id, sight.viewer_id)))
        AND NOT EXISTS (
          SELECT FROM messaging_settings s WHERE s.person_id = sight.person_id AND NOT s.shows_presence)
        AND CASE WHEN sight.conversation_id IS NOT NULL THEN EXISTS (
            SELECT FROM participants mine, participants theirs
            WHERE mine.conversation_id = sight.conversation_id AND theirs.conversation_id = sight.conversation_id
              AND ${bothTakePart})
          ELSE EXISTS (
            SELECT FROM friendships f WHERE f.is_active AND f.low_id = least(sight.viewer_id, sight.person_id)
              AND f.high_id = greatest(sight.viewer_id, sight.person_id))
          OR EXISTS (
            SELECT FROM participants mine JOIN participants theirs ON theirs.conversation_id = mine.conversation_id
            WHERE ${bothTakePart}) END AS "isSeen"
      FROM unnest(
        ${sights.map(({ viewerId }) => viewerId)}::uuid[],
        ${sights.map(({ personId }) => personId)}::uuid[],
        ${sights.map(({ conversationId }) => conversationId ?? null)}::uuid[]
      ) WITH ORDINALITY AS sight (viewer_id, person_id, conversation_id, number)
      ORDER BY sight.number`;
    return rows.map(({ isSeen }) => isSeen);
  });

export type Seeing = ReturnType<typeof createSeeing>;
