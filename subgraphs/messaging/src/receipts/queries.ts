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
const toldTo = (viewerId: string): Prisma.Sql => Prisma.sql`
  SELECT p.conversation_id AS "conversationId", p.user_id AS "userId",
         p.delivered_up_to_sequence AS "deliveredUpToSequence",
         CASE WHEN NOT ${isPrivate(Prisma.sql`p.user_id`)} AND NOT ${isPrivate(Prisma.sql`${viewerId}::uuid`)}
           THEN p.read_up_to_sequence END AS "readUpToSequence"
  FROM participants p
  WHERE p.user_id <> ${viewerId}::uuid AND p.left_at IS NULL AND ${isAccepted}
    AND EXISTS (SELECT FROM participants own WHERE own.conversation_id = p.conversation_id
      AND own.user_id = ${viewerId}::uuid AND own.left_at IS NULL)
    AND NOT EXISTS (SELECT FROM blocks b WHERE b.is_active
      AND (b.blocker_id, b.blocked_id) IN ((p.user_id, ${viewerId}::uuid), (${viewerId}::uuid, p.user_id)))`;

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
      ${toldTo(viewerId)} AND p.conversation_id = wanted.id ${bound}
      ORDER BY p.user_id ${direction} LIMIT ${take}::int
    ) AS page ORDER BY page."userId" ${direction}`;
}

/** That of one person. */
export const receiptQuery = (
  conversationId: string,
  viewerId: string,
  personId: string,
): Prisma.Sql => Prisma.sql`
  ${toldTo(viewerId)} AND p.conversation_id = ${conversationId}::uuid AND p.user_id = ${personId}::uuid`;
