import type { Live } from '@diaspora/kit';
import type { Db } from '../database.js';
import { createShared, listenFor, type LookAgain } from '../following/index.js';
import { createFeed, type Feed, type Reader } from './feed.js';
import { eventsAfter } from './log.js';

interface Dependencies {
  readonly db: Db;
  readonly live: Live;
  readonly lookAgain: LookAgain;
}

/** What is published there. */
export interface Announcement {
  /** Nothing that is told: somebody may take part no more. */
  readonly isOfRights?: true;
}

export const channelOf = (conversationId: string) => `conversation:${conversationId}`;

const lookedAtTogether = 1_000;

/** The feeds of the conversations that somebody listens to in this process. */
export function createFeeds({ db, live, lookAgain }: Dependencies) {
  /** Listens first and reads then where it stands, so that nothing falls between. */
  const feeds = createShared<Feed>((conversationId) => {
    let feed: Feed | undefined;
    let wasWoken = false;
    const wakeUps = listenFor<Announcement>(live, channelOf(conversationId), (announcement) => {
      wasWoken = true;
      feed?.wake();
      if (!announcement || announcement.isOfRights) feed?.doubt();
    });
    const begin = async () => {
      await wakeUps.ready;
      feed = createFeed({
        last: (await lastPositions([conversationId])).get(conversationId) ?? 0,
        pageAfter: (position) => eventsAfter(db, conversationId, position),
        onFailure: () => feeds.forget(conversationId),
      });
      if (wasWoken) feed.wake();
      return feed;
    };
    return { ready: begin(), end: () => void wakeUps.stop() };
  });

  async function open(conversationId: string): Promise<Reader> {
    const { resource, leave } = await feeds.use(conversationId);
    const reader = resource.open();
    const stop = () => {
      reader.stop();
      leave();
    };
    return { ...reader, stop };
  }

  async function lastPositions(ids: readonly string[]): Promise<Map<string, number>> {
    const rows = await db.conversation.findMany({
      where: { id: { in: [...ids] } },
      select: { id: true, lastPosition: true },
    });
    return new Map(rows.map(({ id, lastPosition }) => [id, lastPosition]));
  }

  /** All feeds by a few statements, however many there are. */
  async function lookAtAll(): Promise<void> {
    const ids = feeds.keys();
    for (let from = 0; from < ids.length; from += lookedAtTogether) {
      const some = ids.slice(from, from + lookedAtTogether);
      const last = await lastPositions(some).catch((error: unknown) => ({ error }));
      for (const id of some) {
        const feed = await feeds.get(id);
        if (last instanceof Map) feed?.look(last.get(id) ?? 0);
        else feed?.fail(last.error);
      }
    }
  }
  lookAgain(() => void lookAtAll());

  return { open };
}
