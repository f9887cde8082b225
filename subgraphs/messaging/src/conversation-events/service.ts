import type { Clock, Live } from '@diaspora/kit';
import type { Db } from '../database.js';
import { endedBy, firstEvent, type LookAgain } from '../following/index.js';
import type { ConversationEventModel, LoggedEvent } from '../models.js';
import { noSuchConversation } from '../refusals.js';
import type { Reader } from './feed.js';
import { channelOf, createFeeds, type Announcement } from './feeds.js';
import { createHearers, type Watch } from './hearers.js';
import { kindOf, type EventKind, type LoggedTypename } from './kinds.js';
import { cursorOf, placeOf, startOf, type Start } from './rules.js';

export type ConversationEvents = ReturnType<typeof createConversationEvents>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly live: Live;
  readonly lookAgain: LookAgain;
}

export interface ConversationEventsItem {
  readonly cursor: string;
  readonly event: ConversationEventModel;
}

export function createConversationEvents({ db, clock, live, lookAgain }: Dependencies) {
  const feeds = createFeeds({ db, live, lookAgain });
  const verdictOn = createHearers({ db });

  /** Wakes whoever listens to the conversation, in every process. After the commit; never rejects. */
  const announce = async (conversationId: string): Promise<void> => {
    await live.publish(channelOf(conversationId), {});
  };

  /** The same, and whoever listens is asked for their right to it at once, though nothing be told. */
  const announceRights = async (conversationId: string): Promise<void> => {
    await live.publish(channelOf(conversationId), { isOfRights: true } satisfies Announcement);
  };

  /**
   * Listens first and reads then, so that nothing falls between. Throws NOT_FOUND for whoever is not a participant.
   * `return()` ends it at once, also while it waits.
   */
  async function subscribe(watch: Watch, after: string | null | undefined) {
    const reader = await feeds.open(watch.conversationId);
    try {
      const lastPosition = await lastPositionFor(watch);
      if (lastPosition === undefined) throw noSuchConversation();
      const start = startOf(await positionOf(watch, after), lastPosition);
      return endedBy(follow(watch, start, reader), reader.stop);
    } catch (error) {
      reader.stop();
      throw error;
    }
  }

  async function* follow(
    watch: Watch,
    { position, first }: Start,
    reader: Reader,
  ): AsyncGenerator<ConversationEventsItem, undefined> {
    const item = (event: ConversationEventModel) => ({ cursor: cursorOf(position), event });
    try {
      if (first) yield item(firstEvent(first, clock));
      for (;;) {
        const reading = await reader.next(position);
        if (reading.kind === 'STOPPED') return undefined;
        if (reading.kind === 'MISSED') {
          position = reading.position;
          yield item(firstEvent('CURSOR_TOO_OLD', clock));
        }
        for (const event of reading.kind === 'EVENTS' ? reading.events : [undefined]) {
          const verdict = await verdictOn({ ...watch, ...(event && { event }) });
          if (verdict === 'ENDED')
            return void (yield item({ __typename: 'AccessEnded', endedAt: clock.now() }));
          if (event) position = event.position;
          if (event && verdict === 'HEARS') yield item(shown(event));
        }
      }
    } finally {
      reader.stop();
    }
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
      where: { conversationId_userId: { conversationId, userId: viewerId }, leftAt: null },
      select: { conversation: { select: { lastPosition: true } } },
    });
    return side?.conversation.lastPosition;
  }

  /** Whether somebody takes part now. */
  const mayHear = async (watch: Watch): Promise<boolean> => (await verdictOn(watch)) !== 'ENDED';

  return { announce, announceRights, subscribe, mayHear };
}

const shown = (event: LoggedEvent): ConversationEventModel => ({
  ...event,
  __typename: kindOf(event.kind as EventKind).typename as LoggedTypename,
});
