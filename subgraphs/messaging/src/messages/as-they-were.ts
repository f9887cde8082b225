import type { Message } from '../__generated__/prisma/client.js';
import type { Transaction } from '../database.js';

type Former = Pick<Message, 'id' | 'text' | 'editedAt' | 'version'>;

/**
 * Whoever left reads on what was said until then: a message that was changed later says to them what it said. What was
 * deleted is deleted for everybody. Messages that were never changed cost no statement.
 */
export async function asTheyWere(
  tx: Transaction,
  viewerId: string,
  messages: readonly Message[],
): Promise<Message[]> {
  const changed = messages.filter(({ editedAt }) => editedAt !== null).map(({ id }) => id);
  if (changed.length === 0) return [...messages];
  const former = await tx.$queryRaw<Former[]>`
    SELECT m.id, said.text, known."editedAt", m.version - known.later AS version
    FROM messages m JOIN participants p
      ON p.conversation_id = m.conversation_id AND p.user_id = ${viewerId}::uuid AND p.left_at < m.edited_at
    CROSS JOIN LATERAL (
      SELECT e.text FROM message_edits e WHERE e.message_id = m.id AND e.replaced_at > p.left_at
      ORDER BY e.id LIMIT 1) AS said
    CROSS JOIN LATERAL (
      SELECT count(*) FILTER (WHERE e.replaced_at > p.left_at)::int AS later,
        max(e.replaced_at) FILTER (WHERE e.replaced_at <= p.left_at) AS "editedAt"
      FROM message_edits e WHERE e.message_id = m.id) AS known
    WHERE m.id = ANY(${changed}::uuid[])`;
  const byId = new Map(former.map((each) => [each.id, each]));
  return messages.map((message) => ({ ...message, ...byId.get(message.id) }));
}
