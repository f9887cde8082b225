import type { Clock, Live } from '@diaspora/kit';
import type { Db } from '../database.js';
import { followChanges, type LookAgain } from '../following/index.js';
import { createInboxChanges } from './changes.js';

export type InboxEvents = ReturnType<typeof createInboxEvents>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly live: Live;
  readonly lookAgain: LookAgain;
  /** Somebody's application is there; answers how to tell that it is gone. */
  readonly connect: (userId: string) => () => void;
}

/** The own key of the person is in the name, so that a cursor is of nobody else's list. */
const channelOf = (userId: string) => `inbox:${userId}`;

/** A trigger writes down which transaction wrote somebody's side of a conversation last; nobody has to report it. */
export function createInboxEvents({ db, clock, live, lookAgain, connect }: Dependencies) {
  const changesOf = createInboxChanges(db);

  /** Wakes whoever follows the lists of these people, in every process. After the commit; never rejects. */
  const announceTo = async (userIds: readonly string[]): Promise<void> => {
    await live.publishToAll(userIds.map(channelOf), {});
  };

  /** Wakes whoever has that conversation in a list they follow. After the commit; who is not woken looks again. */
  async function announce(conversationId: string): Promise<void> {
    const sides = await db.participant
      .findMany({ where: { conversationId, leftAt: null }, select: { userId: true } })
      .catch(() => []);
    await announceTo(sides.map(({ userId }) => userId));
  }

  const subscribe = (userId: string, after: string | null | undefined) =>
    followChanges({
      live,
      clock,
      lookAgain,
      channel: channelOf(userId),
      after,
      changesSince: (since) => changesOf({ userId, since }),
      onEnd: connect(userId),
      eventOf: (changes) => ({ __typename: 'InboxChanged' as const, ...changes }),
    });

  return { announce, announceTo, subscribe };
}
