import type { Clock, Outbox } from '@diaspora/kit';
import type { Conversation, EventHosts, EventPlace } from '../__generated__/prisma/client.js';
import { announceLater, announceListsLater } from '../announcing.js';
import type { Transaction } from '../database.js';
import { conversationIds, userIds as personIds } from '../ids.js';
import { endLiveLocations } from '../live-location/index.js';
import { lockConversation } from '../members/index.js';
import { touchSides, type Append } from '../messages/index.js';
import type { MessagingMessages } from '../messages.js';
import { settle } from './settling.js';

export type EventConversations = ReturnType<typeof createEventConversations>;

interface Dependencies {
  readonly clock: Clock;
  readonly outbox: Outbox<MessagingMessages>;
  readonly appendLine: Append['appendLine'];
}

/** Conversations that follow events. What is told twice, or too late, changes nothing. */
export function createEventConversations({ clock, outbox, appendLine }: Dependencies) {
  /** A published event has a conversation; whoever had a place by then is in it. */
  async function keepHosts(tx: Transaction, told: EventHosts & { organizerId: string }): Promise<void> {
    await lockEvent(tx, told.eventId);
    const kept = await tx.$executeRaw`
      INSERT INTO event_hosts AS known (event_id, version, title, organizer_id, host_ids, is_cancelled)
      VALUES (${told.eventId}::uuid, ${told.version}, ${told.title}, ${told.organizerId}::uuid,
        ${told.hostIds}::uuid[], ${told.isCancelled})
      ON CONFLICT (event_id) DO UPDATE SET version = excluded.version, title = excluded.title,
        organizer_id = excluded.organizer_id, host_ids = excluded.host_ids, is_cancelled = excluded.is_cancelled
      WHERE excluded.version > known.version`;
    if (kept === 0) return;
    const known = await conversationOf(tx, told.eventId);
    const { id } = known ?? (await create(tx, told));
    const renamed = await tx.conversation.updateMany({
      where: { id, NOT: { name: told.title } },
      data: { name: told.title },
    });
    if (renamed.count > 0) {
      await touchSides(tx, id);
      await announceListsLater(tx, { conversationId: id, lists: 'ALL' });
    }
    const people = known
      ? await tx.participant.findMany({ where: { conversationId: id, role: { not: 'MEMBER' } } })
      : await tx.eventPlace.findMany({ where: { eventId: told.eventId, isHeld: true } });
    await settle(tx, {
      conversationId: id,
      userIds: [...told.hostIds, ...people.map(({ userId }) => userId)],
      at: clock.now(),
    });
    if (told.isCancelled) await close(tx, told);
  }

  /** Messages about one event are handled one after the other, also those about different people. */
  const lockEvent = (tx: Transaction, eventId: string) =>
    tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`event:${eventId}`}, 0))`;

  /** Locked, as members come and go. */
  async function conversationOf(tx: Transaction, eventId: string): Promise<Conversation | null> {
    const found = await tx.conversation.findUnique({ where: { eventId }, select: { id: true } });
    return found && lockConversation(tx, found.id);
  }

  async function create(tx: Transaction, { eventId, title, hostIds }: EventHosts): Promise<Conversation> {
    const [id, createdAt, kind] = [conversationIds.create(), clock.now(), 'EVENT' as const];
    const row = { id, kind, eventId, name: title, memberCount: 0, createdAt };
    const conversation = await tx.conversation.create({ data: row });
    const conversationId = conversationIds.encode(id);
    const participantIds = hostIds.map((each) => personIds.encode(each));
    const data = { conversationId, kind, participantIds, createdAt: createdAt.toISOString() };
    await outbox.publish(tx, { type: 'conversation.created', key: conversationId, data });
    return conversation;
  }

  async function cancel(tx: Transaction, eventId: string, version: number): Promise<void> {
    await lockEvent(tx, eventId);
    // Also of an event that is not known yet: what is told of it later is older.
    const kept = await tx.$executeRaw`
      INSERT INTO event_hosts AS known (event_id, version, title, host_ids, is_cancelled)
      VALUES (${eventId}::uuid, ${version}, '', '{}', true)
      ON CONFLICT (event_id) DO UPDATE SET version = excluded.version, is_cancelled = true
      WHERE excluded.version > known.version`;
    if (kept > 0) await close(tx, await tx.eventHosts.findUniqueOrThrow({ where: { eventId } }));
  }

  /** What was said can be read on by everybody who is in it then. */
  async function close(tx: Transaction, { eventId, organizerId }: EventHosts): Promise<void> {
    const conversation = await conversationOf(tx, eventId);
    if (!conversation || conversation.closedAt || !organizerId) return;
    const { id: conversationId } = conversation;
    await appendLine(tx, { conversationId, actorId: organizerId, line: { type: 'CANCELLED' } });
    const at = clock.now();
    await tx.conversation.update({ where: { id: conversationId }, data: { closedAt: at } });
    await endLiveLocations(tx, { conversationId, at });
    await announceLater(tx, { conversationId, lists: 'ALL' });
  }

  /** What was told last of a registration or a ticket counts. A ticket that is handed over leads two people. */
  async function keepPlace(tx: Transaction, told: EventPlace): Promise<void> {
    await lockEvent(tx, told.eventId);
    const before = await tx.eventPlace.findUnique({ where: { id: told.id } });
    if (before && before.toldAt > told.toldAt) return;
    await tx.eventPlace.upsert({ where: { id: told.id }, create: told, update: told });
    const conversation = await conversationOf(tx, told.eventId);
    if (!conversation || conversation.closedAt) return;
    const userIds = [told.userId, ...(before ? [before.userId] : [])];
    await settle(tx, { conversationId: conversation.id, userIds, at: clock.now() });
  }

  return { keepHosts, cancel, keepPlace };
}
