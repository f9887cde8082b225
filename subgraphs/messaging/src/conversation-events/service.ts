import type { Clock, Live } from '@diaspora/kit';
import { noSuchConversation } from '../conversations/index.js';
import type { Db } from '../database.js';
import type { ConversationEventModel, MessageModel } from '../models.js';
import { cursorOf, isTooOld, startOf, type Start } from './rules.js';
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
  const announce = async (conversationId: string, sequence: number): Promise<void> => {
    await live.publish(channelOf(conversationId), { sequence });
  };

  /**
   * Listens first and reads then, so that nothing falls between. Throws NOT_FOUND for whoever is not a participant.
   * `return()` ends it at once, also while it waits.
   */
  async function subscribe(watch: Watch, after: string | null | undefined) {
    const wakeUps = await listenFor({ live, channel: channelOf(watch.conversationId), lookAgainMs });
    const lastSequence = await lastSequenceFor(watch);
    if (lastSequence === undefined) {
      await wakeUps.stop();
      throw noSuchConversation();
    }
    const events = follow(watch, startOf(after, lastSequence), wakeUps);
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
        const messages = await messagesAfter(watch, position);
        if (messages.length === pageSize) {
          const lastSequence = (await lastSequenceFor(watch)) ?? position;
          if (isTooOld(position, lastSequence)) {
            position = lastSequence;
            yield item(position, firstEvent('CURSOR_TOO_OLD'));
            continue;
          }
        }
        for (const message of messages) {
          if (!(await isParticipant(watch))) return void (yield accessEnded(position));
          position = message.sequence;
          yield item(position, { __typename: 'MessageSent', message });
        }
        if (messages.length === pageSize) continue;
        if (messages.length === 0 && !(await isParticipant(watch))) return void (yield accessEnded(position));
        if (!(await wakeUps.next(position))) return undefined;
      }
    } finally {
      await wakeUps.stop();
    }
  }

  const item = (sequence: number, event: ConversationEventModel): ConversationEventsItem => ({
    cursor: cursorOf(sequence),
    event,
  });

  const firstEvent = (first: NonNullable<Start['first']>): ConversationEventModel =>
    first === 'STARTED'
      ? { __typename: 'SubscriptionStarted', startedAt: clock.now() }
      : { __typename: 'ResyncRequired', reason: first };

  const accessEnded = (position: number) =>
    item(position, { __typename: 'AccessEnded', endedAt: clock.now() });

  const messagesAfter = ({ conversationId }: Watch, position: number): Promise<MessageModel[]> =>
    db.message.findMany({
      where: { conversationId, sequence: { gt: position } },
      orderBy: { sequence: 'asc' },
      take: pageSize,
    });

  /** Undefined for whoever is not a participant. */
  async function lastSequenceFor({ conversationId, viewerId }: Watch): Promise<number | undefined> {
    const side = await db.participant.findUnique({
      where: { conversationId_userId: { conversationId, userId: viewerId } },
      select: { conversation: { select: { lastSequence: true } } },
    });
    return side?.conversation.lastSequence;
  }

  const isParticipant = async ({ conversationId, viewerId }: Watch): Promise<boolean> =>
    (await db.participant.count({ where: { conversationId, userId: viewerId } })) > 0;

  return { announce, subscribe };
}
