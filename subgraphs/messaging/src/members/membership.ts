import type {
  Conversation,
  ConversationBox,
  Participant,
  ParticipantRole,
} from '../__generated__/prisma/client.js';
import { announceLater } from '../announcing.js';
import type { Transaction } from '../database.js';
import { takeAway } from '../live-location/index.js';

/** One person's side of a conversation that is locked. */
export type Side = Participant & { readonly conversation: Conversation };

/** Locks a conversation: under its lock members come and go and messages get their sequence. Null when there is none. */
export async function lockConversation(tx: Transaction, id: string): Promise<Conversation | null> {
  await tx.$queryRaw`SELECT FROM conversations WHERE id = ${id}::uuid FOR UPDATE`;
  return tx.conversation.findUnique({ where: { id } });
}

/** Locks a conversation for somebody who takes part in it; null, and nothing is locked, for everybody else. */
export async function lockAsMember(
  tx: Transaction,
  conversationId: string,
  userId: string,
): Promise<Side | null> {
  await tx.$queryRaw`
    SELECT FROM conversations c JOIN participants p ON p.conversation_id = c.id
    WHERE c.id = ${conversationId}::uuid AND p.user_id = ${userId}::uuid AND p.left_at IS NULL FOR UPDATE OF c`;
  // Asked again under the lock: the person may have been taken out while this waited for it.
  return tx.participant.findFirst({
    where: { conversationId, userId, leftAt: null },
    include: { conversation: true },
  });
}

export interface Admission {
  readonly conversationId: string;
  readonly userIds: readonly string[];
  readonly at: Date;
  readonly role?: ParticipantRole;
  readonly box?: ConversationBox;
}

/**
 * Lets people take part, under the conversation's lock: from here on, or with all that was said, as its policy is. Whoever
 * was there before sees the parts of both times. Nothing of what was said before counts as unread. Answers who is new.
 */
export async function admit(
  tx: Transaction,
  { conversationId, userIds, at, role = 'MEMBER', box = 'INBOX' }: Admission,
): Promise<string[]> {
  const joined = await tx.$queryRaw<{ userId: string }[]>`
    INSERT INTO participants AS p
      (conversation_id, user_id, role, joined_at, read_up_to_sequence, delivered_up_to_sequence,
       last_activity_at, box)
    SELECT c.id, person.id, ${role}::participant_role, ${at}, c.last_sequence, c.last_sequence,
      CASE WHEN c.kind = 'GROUP' THEN ${at} ELSE c.last_message_at END, ${box}::conversation_box
    FROM conversations c CROSS JOIN unnest(${[...userIds]}::uuid[]) AS person(id) WHERE c.id = ${conversationId}::uuid
    ON CONFLICT (conversation_id, user_id) DO UPDATE SET left_at = NULL, name_at_leaving = NULL, role = excluded.role,
      joined_at = excluded.joined_at, read_up_to_sequence = excluded.read_up_to_sequence,
      delivered_up_to_sequence = excluded.delivered_up_to_sequence, unread_count = 0,
      last_activity_at = excluded.last_activity_at, box = excluded.box, pin_rank = 0, was_removed = false
    WHERE p.left_at IS NOT NULL RETURNING p.user_id AS "userId"`;
  const ids = joined.map(({ userId }) => userId);
  if (ids.length === 0) return ids;
  await openWindows(tx, conversationId, ids);
  await count(tx, conversationId, ids.length);
  return ids;
}

async function openWindows(tx: Transaction, conversationId: string, ids: string[]): Promise<void> {
  await tx.$executeRaw`
    DELETE FROM visibility_windows w USING conversations c
    WHERE c.id = w.conversation_id AND c.history_visibility = 'ALL'
      AND w.conversation_id = ${conversationId}::uuid AND w.user_id = ANY(${ids}::uuid[])`;
  await tx.$executeRaw`
    INSERT INTO visibility_windows (conversation_id, user_id, after_sequence, after_position)
    SELECT c.id, person.id, CASE c.history_visibility WHEN 'ALL' THEN 0 ELSE c.last_sequence END, c.last_position
    FROM conversations c CROSS JOIN unnest(${ids}::uuid[]) AS person(id) WHERE c.id = ${conversationId}::uuid`;
}

/**
 * Lets people take part no more, under the conversation's lock: they see what was said until now, and where they are is
 * shared no more. What they follow of it ends with the commit. Answers who took part. A group without anybody is closed.
 */
export async function dismiss(
  tx: Transaction,
  { conversationId, userIds, at }: Pick<Admission, 'conversationId' | 'userIds' | 'at'>,
): Promise<string[]> {
  await endLinksOf(tx, { conversationId, userIds, at });
  const left = await tx.$queryRaw<{ userId: string }[]>`
    UPDATE participants p SET left_at = ${at}, name_at_leaving = c.name, pin_rank = 0
    FROM conversations c WHERE c.id = p.conversation_id AND p.conversation_id = ${conversationId}::uuid
      AND p.user_id = ANY(${[...userIds]}::uuid[]) AND p.left_at IS NULL RETURNING p.user_id AS "userId"`;
  const ids = left.map(({ userId }) => userId);
  if (ids.length === 0) return ids;
  // Whoever came and went while nothing was said has nothing to see of it.
  await tx.$executeRaw`
    DELETE FROM visibility_windows w USING conversations c
    WHERE c.id = w.conversation_id AND w.after_sequence >= c.last_sequence AND w.until_sequence IS NULL
      AND w.conversation_id = ${conversationId}::uuid AND w.user_id = ANY(${ids}::uuid[])`;
  await tx.$executeRaw`
    UPDATE visibility_windows w SET until_sequence = c.last_sequence FROM conversations c
    WHERE c.id = w.conversation_id AND w.until_sequence IS NULL
      AND w.conversation_id = ${conversationId}::uuid AND w.user_id = ANY(${ids}::uuid[])`;
  await takeAway(tx, { conversationId, at, which: { userId: { in: ids } } });
  await count(tx, conversationId, -ids.length);
  await tx.conversation.updateMany({
    where: { id: conversationId, kind: 'GROUP', memberCount: 0 },
    data: { closedAt: at },
  });
  await announceLater(tx, { conversationId, lists: ids });
  return ids;
}

/** A link is as good as the right of whoever made it, who knows it: without the right it is revoked. */
export const endLinksOf = (
  tx: Transaction,
  { conversationId, userIds, at }: Pick<Admission, 'conversationId' | 'userIds' | 'at'>,
) =>
  tx.inviteLink.updateMany({
    where: { conversationId, createdById: { in: [...userIds] }, revokedAt: null },
    data: { revokedAt: at },
  });

const count = (tx: Transaction, id: string, difference: number) =>
  tx.conversation.update({ where: { id }, data: { memberCount: { increment: difference } } });
