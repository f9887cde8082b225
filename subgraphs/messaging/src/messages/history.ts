import { Prisma } from '../database.js';
import type { HistoryPage } from './rules.js';

/** One page of each conversation in one statement; each page is a range scan of the index on (conversation, sequence). */
export function historyQuery(
  conversationIds: readonly string[],
  { forward, beyond, take }: Pick<HistoryPage, 'forward' | 'beyond' | 'take'>,
): Prisma.Sql {
  const [comparison, direction] = forward
    ? [Prisma.sql`>`, Prisma.sql`ASC`]
    : [Prisma.sql`<`, Prisma.sql`DESC`];
  const bound = beyond === null ? Prisma.empty : Prisma.sql`AND sequence ${comparison} ${beyond}::int`;
  return Prisma.sql`
    SELECT page.* FROM unnest(${[...conversationIds]}::uuid[]) AS wanted(id) CROSS JOIN LATERAL (
      SELECT id, conversation_id AS "conversationId", sequence, sender_id AS "senderId",
             client_message_id AS "clientMessageId", text, sent_at AS "sentAt"
      FROM messages WHERE conversation_id = wanted.id ${bound}
      ORDER BY sequence ${direction} LIMIT ${take}::int
    ) AS page ORDER BY page.sequence ${direction}`;
}
