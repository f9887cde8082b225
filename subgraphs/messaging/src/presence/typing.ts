import type { Live } from '@diaspora/kit';
import { createStates, type Expiring, type LookAgain } from '../following/index.js';
import { noSuchConversation } from '../refusals.js';
import type { Seeing } from './seeing.js';

export type Typing = ReturnType<typeof createTyping>;

interface Dependencies {
  readonly live: Live;
  readonly lookAgain: LookAgain;
  readonly expiring: Expiring;
  readonly isSeen: Seeing;
  /** Whether somebody takes part in a conversation. */
  readonly mayHear: (watch: Watch) => Promise<boolean>;
  readonly lastsMs?: number;
}

interface Watch {
  readonly viewerId: string;
  readonly conversationId: string;
}

/** More at a time would be a question about each of them for each who looks on. */
const mostTold = 10;

const nameOf = (conversationId: string) => `typing:${conversationId}`;

/** Who types where: kept in Redis alone, where it expires. Repeats are told to nobody, they only make it last. */
export function createTyping({ live, lookAgain, expiring, isSeen, mayHear, lastsMs = 6_000 }: Dependencies) {
  const follow = createStates<readonly string[]>({
    live,
    lookAgain,
    channelOf: nameOf,
    read: async (conversationId) => {
      const members = await expiring.membersOf(nameOf(conversationId));
      return { state: [...members.keys()], changesInMs: soonest(members) };
    },
  });

  /** Wakes whoever follows it, in every process. After the commit; never rejects. */
  const announce = async (conversationId: string): Promise<void> => {
    await live.publish(nameOf(conversationId), {});
  };

  /** For how long it lasts. Throws NOT_FOUND for whoever takes no part. */
  async function set(watch: Watch, isTyping: boolean): Promise<number> {
    const { viewerId, conversationId } = watch;
    if (!(await mayHear(watch))) throw noSuchConversation();
    const name = nameOf(conversationId);
    const hasChanged = isTyping
      ? await expiring.add(name, viewerId, lastsMs)
      : await expiring.remove(name, viewerId);
    if (hasChanged) await announce(conversationId);
    return isTyping ? lastsMs : 0;
  }

  /** Who types, as the viewer may see it. Ends when the viewer takes part no more. */
  async function subscribe(watch: Watch): Promise<AsyncIterableIterator<{ readonly personIds: string[] }>> {
    if (!(await mayHear(watch))) throw noSuchConversation();
    return follow([watch.conversationId], async ([people = []]) => {
      if (!(await mayHear(watch))) return undefined;
      const others = people.filter((personId) => personId !== watch.viewerId).slice(-mostTold);
      const seen = await Promise.all(others.map((personId) => isSeen({ ...watch, personId })));
      return { personIds: others.filter((_, index) => seen[index]) };
    });
  }

  return { announce, set, subscribe };
}

/** A moment later than the first of them ends. */
const soonest = (members: ReadonlyMap<string, number>): number | undefined =>
  members.size === 0 ? undefined : Math.min(...members.values()) + 1;
