import type { Clock } from '@diaspora/kit';
import type { Transaction } from '../database.js';
import { dismiss, lockAsMember, lockConversation, type Side } from '../members/index.js';
import type { Append } from '../messages/index.js';

/**
 * Takes a person out of all groups and conversations of events who has nobody to ask, and what they uploaded away from them:
 * whoever has been in a group for the longest time, admins first, owns it then.
 */
export function createDeparture({
  clock,
  appendLine,
}: {
  readonly clock: Clock;
  readonly appendLine: Append['appendLine'];
}) {
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

  async function leave(tx: Transaction, side: Side): Promise<void> {
    const { conversationId, userId, conversation } = side;
    if (conversation.kind === 'GROUP') {
      if (side.role === 'OWNER') await handOver(tx, side);
      await appendLine(tx, { conversationId, actorId: userId, line: { type: 'LEFT' } });
    }
    await dismiss(tx, { conversationId, userIds: [userId], at: clock.now() });
  }

  async function handOver(tx: Transaction, { conversationId, userId }: Side): Promise<void> {
    const [heir] = await tx.participant.findMany({
      where: { conversationId, userId: { not: userId }, leftAt: null },
      orderBy: [{ role: 'asc' }, { joinedAt: 'asc' }, { userId: 'asc' }],
      take: 1,
    });
    if (!heir || heir.role === 'OWNER') return;
    const where = { conversationId_userId: { conversationId, userId: heir.userId } };
    await tx.participant.update({ where, data: { role: 'OWNER' } });
    const line = { type: 'ROLE_CHANGED' as const, personIds: [heir.userId], role: 'OWNER' as const };
    await appendLine(tx, { conversationId, actorId: userId, line });
  }

  return depart;
}
