import type { Clock } from '@diaspora/kit';
import { appendEvent } from '../conversation-events/index.js';
import { countsInTotal, countUnread, newestSeenBy } from '../conversations/index.js';
import type { Db, Transaction } from '../database.js';
import { createBatches } from '../following/index.js';
import type { ConversationModel, ReceiptModel } from '../models.js';
import type { Telling } from '../notifications/index.js';
import { noSuchConversation } from '../refusals.js';
import { receiptsQuery, type ReceiptAsk } from './queries.js';
import { movedMarkers, type Marker, type Markers } from './rules.js';
import type { Settings } from './settings.js';

export type Receipts = ReturnType<typeof createReceipts>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly settings: Settings;
  readonly telling: Pick<Telling, 'markRead'>;
  /** Wakes whoever listens to the conversation. Never rejects. */
  readonly announce: (conversationId: string) => Promise<void>;
  /** Wakes whoever follows the lists of these people. Never rejects. */
  readonly announceTo: (userIds: readonly string[]) => Promise<void>;
  /** Wakes whoever follows the person's notifications. Never rejects. */
  readonly announceNotifications: (userId: string) => Promise<void>;
}

interface Request {
  readonly userId: string;
  readonly conversationId: string;
  readonly marker: Marker;
  readonly upToSequence: number;
}

/** In larger conversations receipts are read, not told as they move: each of them would go to everybody. */
const mostToTell = 100;

export function createReceipts(dependencies: Dependencies) {
  const { db, clock, settings, telling, announce, announceTo, announceNotifications } = dependencies;

  /**
   * Looks without a lock first: most markers that are sent would not move, and cost one read. One that moves takes the
   * locks of a send, in its order: a message that is sent at the same time is seen by the recount, or waits with its
   * increment.
   */
  async function mark(request: Request): Promise<ConversationModel> {
    const { userId, conversationId } = request;
    const isMoving = movesFrom(await sideOf(db, userId, conversationId), request) !== null;
    if (isMoving) {
      const { isTold, readNotices } = await db.$transaction((tx) => move(tx, request));
      void announceTo([userId]);
      if (readNotices > 0) void announceNotifications(userId);
      if (isTold) void announce(conversationId);
    }
    return db.participant.findUniqueOrThrow({
      where: { conversationId_userId: { conversationId, userId } },
      include: { conversation: true },
    });
  }

  /** Whether somebody is to be told, and how many of the person's notices it settles. */
  async function move(tx: Transaction, request: Request): Promise<Moved> {
    const { userId, conversationId } = request;
    await tx.$queryRaw`SELECT FROM conversations WHERE id = ${conversationId}::uuid FOR UPDATE`;
    const before = await sideOf(tx, userId, conversationId);
    const after = movesFrom(before, request);
    if (!after) return { isTold: false, readNotices: 0 };
    const isRead = after.readUpToSequence > before.readUpToSequence;
    const unread = { conversationId, userId, after: after.readUpToSequence };
    await tx.participant.update({
      where: { conversationId_userId: { conversationId, userId } },
      data: { ...after, ...(isRead && { unreadCount: await countUnread(tx, unread) }) },
    });
    const isArrived = after.deliveredUpToSequence > before.deliveredUpToSequence;
    const isTold =
      (isArrived || (await settings.sharesReadReceipts(tx, userId))) && (await tell(tx, request));
    const soFar = { recipientId: userId, conversationId, upToSequence: after.readUpToSequence };
    return { isTold, readNotices: isRead ? await telling.markRead(tx, soFar) : 0 };
  }

  async function tell(tx: Transaction, { conversationId, userId }: Request): Promise<boolean> {
    const some = await tx.participant.findMany({
      where: { conversationId, leftAt: null },
      select: { userId: true, box: true },
      take: mostToTell + 1,
    });
    const own = some.find((side) => side.userId === userId);
    // Of a request the sender hears nothing.
    if (some.length > mostToTell || !own || own.box === 'REQUESTS' || own.box === 'DECLINED') return false;
    await appendEvent(tx, conversationId, {
      kind: 'RECEIPT_MOVED',
      actorId: userId,
      occurredAt: clock.now(),
    });
    return true;
  }

  async function sideOf(tx: Transaction, userId: string, conversationId: string): Promise<Side> {
    const [side] = await tx.$queryRaw<Side[]>`
      SELECT p.delivered_up_to_sequence AS "deliveredUpToSequence", p.read_up_to_sequence AS "readUpToSequence",
             ${newestSeenBy(userId)} AS "lastSequence"
      FROM participants p JOIN conversations c ON c.id = p.conversation_id
      WHERE p.conversation_id = ${conversationId}::uuid AND p.user_id = ${userId}::uuid`;
    if (!side) throw noSuchConversation();
    return side;
  }

  /**
   * How far a person has come, as the viewer is told of it now; null when it is not. Everybody who follows a conversation
   * asks when a marker moves there: they are answered together.
   */
  const receiptOf = createBatches(async (asks: readonly ReceiptAsk[]): Promise<(ReceiptModel | null)[]> => {
    const told = await db.$queryRaw<(ReceiptModel & { number: number })[]>(receiptsQuery(asks));
    const byNumber = new Map(told.map(({ number, ...receipt }) => [number, receipt]));
    return asks.map((_ask, index) => byNumber.get(index + 1) ?? null);
  });

  /** Messages that wait to be read in everything that is in the person's list. */
  async function unreadOf(userId: string): Promise<number> {
    const [row] = await db.$queryRaw<{ unread: number }[]>`
      SELECT coalesce(sum(p.unread_count), 0)::int AS unread FROM participants p
      WHERE p.user_id = ${userId}::uuid AND p.unread_count > 0 AND ${countsInTotal}`;
    return row!.unread;
  }

  return { mark, receiptOf, unreadOf };
}

interface Moved {
  readonly isTold: boolean;
  readonly readNotices: number;
}

type Side = Markers & { readonly lastSequence: number };

const movesFrom = (side: Side, { marker, upToSequence }: Request): Markers | null =>
  movedMarkers(side, marker, { upToSequence, lastSequence: side.lastSequence });
