import type { Clock } from '@diaspora/kit';
import type { Participant } from '../__generated__/prisma/client.js';
import { isAccepted } from '../conversations/index.js';
import type { Transaction } from '../database.js';
import { dismiss, lockAsMember, lockConversation, type Side } from '../members/index.js';
import type { Append } from '../messages/index.js';

/** How people leave who ask nobody: whoever has been in a group for the longest time, admins first, owns it then. */
export function createDeparture({
  clock,
  appendLine,
}: {
  readonly clock: Clock;
  readonly appendLine: Append['appendLine'];
}) {
  /** Takes a person out of all groups and conversations of events, and what they uploaded away from them. */
  async function depart(tx: Transaction, userId: string): Promise<void> {
    const sides = await tx.participant.findMany({
      where: { userId, leftAt: null, conversation: { kind: { not: 'DIRECT' } } },
      select: { conversationId: true },
    });
    const shown = await tx.conversation.findMany({ where: { pictureOwnerId: userId }, select: { id: true } });
    const ids = [...sides.map(({ conversationId }) => conversationId), ...shown.map(({ id }) => id)];
    for (const id of [...new Set(ids)].sort()) {
      await lockConversation(tx, id);
      const side = await lockAsMember(tx, id, userId);
      if (side) await leave(tx, side);
      const picture = { pictureId: null, pictureOwnerId: null };
      await tx.conversation.updateMany({ where: { id, pictureOwnerId: userId }, data: picture });
    }
  }

  /** Under the conversation's lock. */
  async function leave(tx: Transaction, side: Side): Promise<void> {
    const { conversationId, userId, conversation } = side;
    if (conversation.kind === 'GROUP') {
      if (side.role === 'OWNER') await handOver(tx, side);
      await appendLine(tx, { conversationId, actorId: userId, line: { type: 'LEFT' } });
    }
    await dismiss(tx, { conversationId, userIds: [userId], at: clock.now() });
  }

  async function handOver(tx: Transaction, { conversationId, userId }: Side): Promise<void> {
    // Nothing is laid upon who has not accepted to be there while somebody else has.
    const [heir] = await tx.$queryRaw<Pick<Participant, 'userId' | 'role'>[]>`
      SELECT p.user_id AS "userId", p.role FROM participants p
      WHERE p.conversation_id = ${conversationId}::uuid AND p.user_id <> ${userId}::uuid AND p.left_at IS NULL
      ORDER BY ${isAccepted} DESC, p.role, p.joined_at, p.user_id LIMIT 1`;
    if (!heir || heir.role === 'OWNER') return;
    const where = { conversationId_userId: { conversationId, userId: heir.userId } };
    await tx.participant.update({ where, data: { role: 'OWNER' } });
    const line = { type: 'ROLE_CHANGED' as const, personIds: [heir.userId], role: 'OWNER' as const };
    await appendLine(tx, { conversationId, actorId: userId, line });
  }

  return { depart, leave };
}
