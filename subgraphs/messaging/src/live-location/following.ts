import type { Clock, Live } from '@diaspora/kit';
import type { Db } from '../database.js';
import { createStates, type LookAgain } from '../following/index.js';
import { noSuchConversation } from '../refusals.js';
import { createSeenLocations } from './seeing.js';

export type LiveLocationEvents = ReturnType<typeof createLiveLocationEvents>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly live: Live;
  readonly lookAgain: LookAgain;
  /** Whether somebody takes part in a conversation. */
  readonly mayHear: (watch: Watch) => Promise<boolean>;
}

interface Watch {
  readonly viewerId: string;
  readonly conversationId: string;
}

const channelOf = (conversationId: string) => `live-locations:${conversationId}`;

export function createLiveLocationEvents({ db, clock, live, lookAgain, mayHear }: Dependencies) {
  const seenBy = createSeenLocations({ db, clock });
  /** What changes by itself is that the next of them ends. */
  const follow = createStates<null>({
    live,
    lookAgain,
    channelOf,
    read: async (conversationId) => {
      const now = clock.now();
      const next = await db.liveLocation.aggregate({
        where: { conversationId, endsAt: { gt: now } },
        _min: { endsAt: true },
      });
      const { endsAt } = next._min;
      return { state: null, changesInMs: endsAt ? endsAt.getTime() - now.getTime() : undefined };
    },
  });

  /** Wakes whoever follows where people are, in every process. After the commit; never rejects. */
  const announce = async (conversationId: string): Promise<void> => {
    await live.publish(channelOf(conversationId), {});
  };

  /** Throws NOT_FOUND for whoever takes no part, and ends when the viewer takes part no more. */
  async function subscribe(watch: Watch) {
    if (!(await mayHear(watch))) throw noSuchConversation();
    return follow([watch.conversationId], async () =>
      (await mayHear(watch)) ? { locations: await seenBy(watch) } : undefined,
    );
  }

  return { announce, subscribe };
}
