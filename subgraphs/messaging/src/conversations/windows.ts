import { Prisma, type Transaction } from '../database.js';

/**
 * What a person sees of a conversation, decided here for every reader of messages: histories, references, subscriptions,
 * receipts, counts, search and notices. Statements name the messages `m` and the windows `w`.
 */
export const isInWindow = Prisma.sql`m.conversation_id = w.conversation_id
  AND m.sequence > w.after_sequence AND m.sequence <= coalesce(w.until_sequence, 2147483647)`;

/** Whether a person, or whoever a column names, sees the message `m`: in a window of theirs, and not hidden by them. */
export const isSeenBy = (person: string | Prisma.Sql): Prisma.Sql => {
  const personId = typeof person === 'string' ? Prisma.sql`${person}::uuid` : person;
  return Prisma.sql`EXISTS (SELECT FROM visibility_windows w WHERE w.user_id = ${personId} AND ${isInWindow})
    AND ${isShownTo(personId)}`;
};

/** Whether the person has not deleted the message `m` for themselves. */
export const isShownTo = (personId: Prisma.Sql): Prisma.Sql =>
  Prisma.sql`NOT EXISTS (SELECT FROM hidden_messages h WHERE h.message_id = m.id AND h.user_id = ${personId})`;

/** Until when a person is told what becomes of the message `m` that they see: whoever left, until then. */
export const toldUntil = (personId: string): Prisma.Sql => Prisma.sql`coalesce((
  SELECT p.left_at FROM participants p WHERE p.conversation_id = m.conversation_id AND p.user_id = ${personId}::uuid),
  'infinity')`;

/** Those of the messages that a person sees. */
export async function seenAmong(
  tx: Transaction,
  personId: string,
  messageIds: readonly string[],
): Promise<string[]> {
  const seen = await tx.$queryRaw<{ id: string }[]>`
    SELECT m.id FROM messages m WHERE m.id = ANY(${[...messageIds]}::uuid[]) AND ${isSeenBy(personId)}`;
  return seen.map(({ id }) => id);
}

/** Messages of others after a sequence that a person sees; neither lines of the system nor what was deleted. */
export async function countUnread(
  tx: Transaction,
  { conversationId, userId, after }: { conversationId: string; userId: string; after: number },
): Promise<number> {
  const [row] = await tx.$queryRaw<{ unread: number }[]>`
    SELECT count(*)::int AS unread FROM messages m
    WHERE m.conversation_id = ${conversationId}::uuid AND m.sequence > ${after}::int
      AND m.sender_id <> ${userId}::uuid AND m.kind <> 'SYSTEM' AND m.deleted_at IS NULL AND ${isSeenBy(userId)}`;
  return row!.unread;
}

/** Sequence of the newest message that a person sees of the conversation `c`. */
export const newestSeenBy = (personId: string): Prisma.Sql => Prisma.sql`coalesce((
  SELECT max(coalesce(w.until_sequence, c.last_sequence)) FROM visibility_windows w
  WHERE w.conversation_id = c.id AND w.user_id = ${personId}::uuid), 0)`;
