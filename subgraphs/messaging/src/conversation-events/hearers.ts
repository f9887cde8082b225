import { isInWindow, isShownTo } from '../conversations/index.js';
import { Prisma, type Db } from '../database.js';
import { createBatches } from '../following/index.js';
import type { LoggedEvent } from '../models.js';
import { kindOf, type EventKind } from './kinds.js';

/** Somebody who listens to a conversation. */
export interface Watch {
  readonly viewerId: string;
  readonly conversationId: string;
}

export type Verdict = 'HEARS' | 'PASSES_BY' | 'ENDED';

interface Found {
  readonly takesPart: boolean;
  readonly isSeen: boolean;
  readonly isBlocked: boolean;
}

/** Asked when an event is about to be told, and now and then without one: whether the viewer may hear it. */
export function createHearers({ db }: { readonly db: Db }) {
  return createBatches(async (asks: readonly (Watch & { readonly event?: LoggedEvent })[]) => {
    const found = await db.$queryRaw<Found[]>`
      SELECT p.user_id IS NOT NULL AS "takesPart", EXISTS (
        SELECT FROM blocks b WHERE b.is_active AND (b.blocker_id, b.blocked_id)
          IN ((ask.viewer_id, ask.actor_id), (ask.actor_id, ask.viewer_id))) AS "isBlocked",
        ${isShownTo(Prisma.sql`ask.viewer_id`)} AND (ask.sequence IS NULL OR EXISTS (
          SELECT FROM visibility_windows w WHERE w.user_id = ask.viewer_id AND ${isInWindow}))
        AND (ask.position IS NULL OR EXISTS (
          SELECT FROM visibility_windows w WHERE w.conversation_id = ask.conversation_id
            AND w.user_id = ask.viewer_id AND w.until_sequence IS NULL AND w.after_position < ask.position)) AS "isSeen"
      FROM unnest(
        ${asks.map(({ conversationId }) => conversationId)}::uuid[],
        ${asks.map(({ viewerId }) => viewerId)}::uuid[],
        ${asks.map(({ event }) => actorThatCounts(event))}::uuid[],
        ${asks.map(({ event }) => event?.message?.sequence ?? null)}::int[],
        ${asks.map(({ event }) => messageThatCounts(event))}::uuid[],
        ${asks.map(({ event }) => positionThatCounts(event))}::int[]
      ) WITH ORDINALITY AS ask (conversation_id, viewer_id, actor_id, sequence, message_id, position, number)
      CROSS JOIN LATERAL (SELECT ask.conversation_id, ask.sequence, ask.message_id AS id) AS m
      LEFT JOIN participants p
        ON p.conversation_id = ask.conversation_id AND p.user_id = ask.viewer_id AND p.left_at IS NULL
      ORDER BY ask.number`;
    return asks.map((ask, index) => verdictOn(ask, found[index]!));
  });
}

/** The message that the viewer may have deleted for themselves. */
const messageThatCounts = (event: LoggedEvent | undefined): string | null =>
  event && !kindOf(event.kind as EventKind).tellsOfHidden ? event.messageId : null;

/** Of what is about no message: whoever came later is not told of it. */
const positionThatCounts = (event: LoggedEvent | undefined): number | null =>
  event && event.message === null ? event.position : null;

/** From whom a block would keep it. */
const actorThatCounts = (event: LoggedEvent | undefined): string | null =>
  event && kindOf(event.kind as EventKind).isHiddenByBlocks ? event.actorId : null;

function verdictOn(
  { viewerId, event }: { readonly viewerId: string; readonly event?: LoggedEvent },
  { takesPart, isSeen, isBlocked }: Found,
): Verdict {
  if (!takesPart) return 'ENDED';
  const isMeant = !event || event.audience.length === 0 || event.audience.includes(viewerId);
  return isMeant && isSeen && !isBlocked ? 'HEARS' : 'PASSES_BY';
}
