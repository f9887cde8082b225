import type { Db, Prisma, Transaction } from '../database.js';
import type { LoggedEvent } from '../models.js';
import type { EventKind } from './kinds.js';

/** Something that happened in a conversation. */
export interface Happening {
  readonly kind: EventKind;
  readonly occurredAt: Date;
  readonly messageId?: string;
  /** Who did it. */
  readonly actorId?: string;
  /** What else is to be told: keys and numbers, nothing that somebody wrote, for it is not erased with them. */
  readonly details?: Prisma.InputJsonObject;
  /** The only ones who are told. Everybody who takes part when absent. */
  readonly audience?: readonly string[];
}

/**
 * Puts it into the log at the next position, which it answers: in the transaction of the change, and under the lock of
 * the conversation's row, so that positions have neither gap nor twin. `announce` after the commit.
 */
export async function appendEvent(
  tx: Transaction,
  conversationId: string,
  { kind, occurredAt, messageId, actorId, details, audience = [] }: Happening,
): Promise<number> {
  const [raised] = await tx.$queryRaw<{ position: number }[]>`
    WITH raised AS (
      UPDATE conversations SET last_position = last_position + 1 WHERE id = ${conversationId}::uuid
      RETURNING last_position
    )
    INSERT INTO conversation_events
      (conversation_id, position, kind, message_id, actor_id, details, audience, occurred_at)
    SELECT ${conversationId}::uuid, last_position, ${kind}, ${messageId}::uuid, ${actorId}::uuid,
           ${details && JSON.stringify(details)}::jsonb, ${audience}::uuid[], ${occurredAt}
    FROM raised RETURNING position`;
  if (!raised) throw new Error(`There is no conversation ${conversationId} to append to.`);
  return raised.position;
}

const pageSize = 100;

/** A page of what followed a position, with the messages it is about as they are now. */
export async function eventsAfter(db: Db, conversationId: string, position: number): Promise<LoggedEvent[]> {
  const events = await db.conversationEvent.findMany({
    where: { conversationId, position: { gt: position } },
    orderBy: { position: 'asc' },
    take: pageSize,
  });
  const ids = events.flatMap(({ messageId }) => messageId ?? []);
  const messages = ids.length > 0 ? await db.message.findMany({ where: { id: { in: ids } } }) : [];
  const byId = new Map(messages.map((message) => [message.id, message]));
  return events.map((event) => ({ ...event, message: byId.get(event.messageId ?? '') ?? null }));
}
