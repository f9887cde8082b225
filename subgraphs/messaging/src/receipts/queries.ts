import { isAccepted } from '../conversations/index.js';
import { Prisma } from '../database.js';
import type { ReceiptPage } from './rules.js';

const isPrivate = (personId: Prisma.Sql): Prisma.Sql => Prisma.sql`
  EXISTS (SELECT FROM messaging_settings s WHERE s.person_id = ${personId} AND NOT s.shares_read_receipts)`;

/**
 * Receipts of the participants `p` as the viewer is told of them: whoever has not accepted the conversation or shares no
 * read receipts is told of to nobody, who shares none is told of none either, a block, either way, hides both from each
 * other, and who left the conversation is told of nobody.
 */
const toldTo = (viewerId: Prisma.Sql): Prisma.Sql => Prisma.sql`
  SELECT p.conversation_id AS "conversationId", p.user_id AS "userId",
         p.delivered_up_to_sequence AS "deliveredUpToSequence",
         CASE WHEN NOT ${isPrivate(Prisma.sql`p.user_id`)} AND NOT ${isPrivate(viewerId)}
           THEN p.read_up_to_sequence END AS "readUpToSequence"
  FROM participants p
  WHERE p.user_id <> ${viewerId} AND p.left_at IS NULL AND ${isAccepted}
    AND EXISTS (SELECT FROM participants own WHERE own.conversation_id = p.conversation_id
      AND own.user_id = ${viewerId} AND own.left_at IS NULL)
    AND NOT EXISTS (SELECT FROM blocks b WHERE b.is_active
      AND (b.blocker_id, b.blocked_id) IN ((p.user_id, ${viewerId}), (${viewerId}, p.user_id)))`;

/** One page of each conversation in one statement, by the key of participants. */
export function receiptPagesQuery(
  conversationIds: readonly string[],
  viewerId: string,
  { forward, beyond, take }: Pick<ReceiptPage, 'forward' | 'beyond' | 'take'>,
): Prisma.Sql {
  const [comparison, direction] = forward
    ? [Prisma.sql`>`, Prisma.sql`ASC`]
    : [Prisma.sql`<`, Prisma.sql`DESC`];
  const bound = beyond === null ? Prisma.empty : Prisma.sql`AND p.user_id ${comparison} ${beyond}::uuid`;
  return Prisma.sql`
    SELECT page.* FROM unnest(${[...conversationIds]}::uuid[]) AS wanted(id) CROSS JOIN LATERAL (
      ${toldTo(Prisma.sql`${viewerId}::uuid`)} AND p.conversation_id = wanted.id ${bound}
      ORDER BY p.user_id ${direction} LIMIT ${take}::int
    ) AS page ORDER BY page."userId" ${direction}`;
}

/** Of whose receipt somebody is told, and where. */
export interface ReceiptAsk {
  readonly viewerId: string;
  readonly conversationId: string;
  readonly personId: string;
}

/** Those of many who ask, by the number of the ask, from 1; what is not told is left out. */
export const receiptsQuery = (asks: readonly ReceiptAsk[]): Prisma.Sql => Prisma.sql`
  SELECT ask.number::int, told.* FROM unnest(
    ${asks.map(({ viewerId }) => viewerId)}::uuid[],
    ${asks.map(({ conversationId }) => conversationId)}::uuid[],
    ${asks.map(({ personId }) => personId)}::uuid[]
  ) WITH ORDINALITY AS ask (viewer_id, conversation_id, person_id, number)
  CROSS JOIN LATERAL (
    ${toldTo(Prisma.sql`ask.viewer_id`)} AND p.conversation_id = ask.conversation_id AND p.user_id = ask.person_id
  ) AS told`;
