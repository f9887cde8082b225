import type { Clock, Live } from '@diaspora/kit';
import type { Db } from '../database.js';
import type { ConversationEventModel, LoggedEvent } from '../models.js';
import { noSuchConversation } from '../refusals.js';
import { kindOf, type EventKind, type LoggedTypename } from './kinds.js';
import { cursorOf, isTooOld, placeOf, startOf, type Start } from './rules.js';
import { listenFor, type WakeUps } from './wake-ups.js';

export type ConversationEvents = ReturnType<typeof createConversationEvents>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly live: Live;
  /** How often a quiet subscription looks for what was not announced, and whether it may still listen. */
  readonly lookAgainMs?: number;
}

export interface ConversationEventsItem {
  readonly cursor: string;
  readonly event: ConversationEventModel;
}

interface Watch {
  readonly viewerId: string;
  readonly conversationId: string;
}

const pageSize = 100;
const channelOf = (conversationId: string) => `conversation:${conversationId}`;

export function createConversationEvents({ db, clock, live, lookAgainMs = 30_000 }: Dependencies) {
  /** Wakes whoever listens to the conversation, in every process. After the commit; never rejects. */
  const announce = async (conversationId: string): Promise<void> => {
    await live.publish(channelOf(conversationId), {});
  };

  /**
   * Listens first and reads then, so that nothing falls between. Throws NOT_FOUND for whoever is not a participant.
   * `return()` ends it at once, also while it waits.
   */
  async function subscribe(watch: Watch, after: string | null | undefined) {
    const wakeUps = await listenFor({ live, channel: channelOf(watch.conversationId), lookAgainMs });
    const lastPosition = await lastPositionFor(watch);
    if (lastPosition === undefined) {
      await wakeUps.stop();
      throw noSuchConversation();
    }
    const events = follow(watch, startOf(await positionOf(watch, after), lastPosition), wakeUps);
    const stop = async () => {
      await wakeUps.stop();
      return events.return(undefined);
    };
    const iterator: AsyncIterableIterator<ConversationEventsItem, undefined> = {
      next: () => events.next(),
      return: stop,
      [Symbol.asyncIterator]: () => iterator,
    };
    return iterator;
  }

  async function* follow(
    watch: Watch,
    { position, first }: Start,
    wakeUps: WakeUps,
  ): AsyncGenerator<ConversationEventsItem, undefined> {
    try {
      if (first) yield item(position, firstEvent(first));
      for (;;) {
        const events = await eventsAfter(watch, position);
        const lastPosition = events.length === pageSize ? await lastPositionFor(watch) : undefined;
        if (isTooOld(position, lastPosition ?? position) || !isComplete(events, position)) {
          position = (await lastPositionFor(watch)) ?? position;
          yield item(position, firstEvent('CURSOR_TOO_OLD'));
          continue;
        }
        for (const event of events) {
          if (!(await isParticipant(watch))) return void (yield accessEnded(position));
          position = event.position;
          if (isFor(event, watch)) yield item(position, shown(event));
        }
        if (events.length === pageSize) continue;
        if (events.length === 0 && !(await isParticipant(watch))) return void (yield accessEnded(position));
        if (!(await wakeUps.next())) return undefined;
      }
    } finally {
      await wakeUps.stop();
    }
  }

  const item = (position: number, event: ConversationEventModel): ConversationEventsItem => ({
    cursor: cursorOf(position),
    event,
  });

  const firstEvent = (first: NonNullable<Start['first']>): ConversationEventModel =>
    first === 'STARTED'
      ? { __typename: 'SubscriptionStarted', startedAt: clock.now() }
      : { __typename: 'ResyncRequired', reason: first };

  const accessEnded = (position: number) =>
    item(position, { __typename: 'AccessEnded', endedAt: clock.now() });

  async function eventsAfter({ conversationId }: Watch, position: number): Promise<LoggedEvent[]> {
    const events = await db.conversationEvent.findMany({
      where: { conversationId, position: { gt: position } },
      orderBy: { position: 'asc' },
      take: pageSize,
    });
    const ids = events.flatMap(({ messageId }) => messageId ?? []);
    const messages = new Map(
      (await db.message.findMany({ where: { id: { in: ids } } })).map((message) => [message.id, message]),
    );
    return events.map((event) => ({ ...event, message: messages.get(event.messageId ?? '') ?? null }));
  }

  /** The position that a cursor stands for. */
  async function positionOf({ conversationId }: Watch, after: string | null | undefined) {
    if (after == null) return undefined;
    const place = placeOf(after);
    if (place === undefined || 'position' in place) return place?.position ?? 'INVALID';
    const message = await db.message.findUnique({
      where: { conversationId_sequence: { conversationId, sequence: place.sequence } },
      select: { id: true },
    });
    if (!message) return 'INVALID';
    const [sent] = await db.$queryRaw<{ position: number }[]>`
      SELECT position FROM conversation_events
      WHERE message_id = ${message.id}::uuid AND kind = 'MESSAGE_SENT'`;
    return sent?.position ?? 'PRUNED';
  }

  /** Undefined for whoever is not a participant. */
  async function lastPositionFor({ conversationId, viewerId }: Watch): Promise<number | undefined> {
    const side = await db.participant.findUnique({
      where: { conversationId_userId: { conversationId, userId: viewerId } },
      select: { conversation: { select: { lastPosition: true } } },
    });
    return side?.conversation.lastPosition;
  }

  const isParticipant = async ({ conversationId, viewerId }: Watch): Promise<boolean> =>
    (await db.participant.count({ where: { conversationId, userId: viewerId } })) > 0;

  return { announce, subscribe };
}

/** Without what was pruned in between. */
const isComplete = (events: readonly LoggedEvent[], after: number): boolean =>
  events.every(({ position }, index) => position === after + 1 + index);

const isFor = ({ audience }: LoggedEvent, { viewerId }: Watch): boolean =>
  audience.length === 0 || audience.includes(viewerId);

const shown = (event: LoggedEvent): ConversationEventModel => ({
  ...event,
  __typename: kindOf(event.kind as EventKind).typename as LoggedTypename,
});
