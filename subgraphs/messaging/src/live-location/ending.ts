import { announceLater } from '../announcing.js';
import { appendEvent } from '../conversation-events/index.js';
import type { Prisma, Transaction } from '../database.js';

interface Ending {
  readonly conversationId: string;
  readonly at: Date;
}

/** Deletes where people are and says so, under the conversation's lock; answers how many these were. */
export async function takeAway(
  tx: Transaction,
  { conversationId, at, which }: Ending & { readonly which: Prisma.LiveLocationWhereInput },
): Promise<number> {
  const ended = await tx.liveLocation.findMany({ where: { ...which, conversationId } });
  await tx.liveLocation.deleteMany({ where: { id: { in: ended.map(({ id }) => id) } } });
  for (const { userId: actorId } of ended)
    await appendEvent(tx, conversationId, { kind: 'LIVE_LOCATION_ENDED', actorId, occurredAt: at });
  return ended.length;
}

/** Deletes where everybody is, in the transaction after which nothing can be written any more, and under the conversation's lock. */
export async function endLiveLocations(tx: Transaction, ending: Ending): Promise<void> {
  if ((await takeAway(tx, { ...ending, which: {} })) > 0)
    await announceLater(tx, { conversationId: ending.conversationId, lists: [] });
}

/** The same for all direct conversations of a person, which are over with them. Locks them, after all others. */
export async function endDirectLiveLocations(tx: Transaction, userId: string, at: Date): Promise<void> {
  await tx.$queryRaw`
    SELECT FROM conversations c JOIN participants p ON p.conversation_id = c.id
    WHERE p.user_id = ${userId}::uuid AND c.kind = 'DIRECT' ORDER BY c.id FOR UPDATE OF c`;
  const shared = await tx.liveLocation.findMany({
    where: { conversation: { kind: 'DIRECT', participants: { some: { userId } } } },
    distinct: ['conversationId'],
    orderBy: { conversationId: 'asc' },
  });
  for (const { conversationId } of shared) await endLiveLocations(tx, { conversationId, at });
}
