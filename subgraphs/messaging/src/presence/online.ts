import { randomUUID } from 'node:crypto';
import type { Live } from '@diaspora/kit';
import { createStates, type Expiring, type LookAgain } from '../following/index.js';
import type { Seeing } from './seeing.js';

export type Online = ReturnType<typeof createOnline>;

interface Dependencies {
  readonly live: Live;
  readonly lookAgain: LookAgain;
  readonly expiring: Expiring;
  readonly isSeen: Seeing;
  readonly lastsMs?: number;
}

const nameOf = (personId: string) => `online:${personId}`;

/**
 * Who is online: kept in Redis alone, by each process for those who are connected to it, and renewed while they are. So
 * it ends by itself, also with the process; and whoever comes back soon was never away.
 */
export function createOnline({ live, lookAgain, expiring, isSeen, lastsMs = 30_000 }: Dependencies) {
  const process = randomUUID();
  const connections = new Map<string, number>();
  const follow = createStates<boolean>({
    live,
    lookAgain,
    channelOf: nameOf,
    read: async (personId) => {
      const members = await expiring.membersOf(nameOf(personId));
      const isOnline = members.size > 0;
      return { state: isOnline, changesInMs: isOnline ? Math.max(...members.values()) + 1 : undefined };
    },
  });

  async function renew(personId: string): Promise<void> {
    const name = nameOf(personId);
    if (await expiring.add(name, process, lastsMs)) await live.publish(name, {});
  }
  // Often enough for one renewal to be lost.
  setInterval(() => [...connections.keys()].forEach((personId) => void renew(personId)), lastsMs / 5).unref();

  /** Somebody connects; answers how to tell that the connection has ended, which more than once is once. */
  function connect(personId: string): () => void {
    const count = connections.get(personId) ?? 0;
    connections.set(personId, count + 1);
    if (count === 0) void renew(personId);
    let hasEnded = false;
    return () => {
      if (hasEnded) return;
      hasEnded = true;
      const left = (connections.get(personId) ?? 1) - 1;
      if (left > 0) connections.set(personId, left);
      else connections.delete(personId);
    };
  }

  /** Has whoever looks on at these people asked again whether they may. After the commit; never rejects. */
  const announce = async (personIds: readonly string[]): Promise<void> => {
    await live.publishToAll(personIds.map(nameOf), {});
  };

  /** Who of them is online, as the viewer may see it. */
  const subscribe = (viewerId: string, personIds: readonly string[]) =>
    follow(personIds, async (areOnline) => {
      const online = personIds.filter((_, index) => areOnline[index]);
      const seen = await Promise.all(online.map((personId) => isSeen({ viewerId, personId })));
      return { personIds: online.filter((_, index) => seen[index]) };
    });

  return { announce, connect, subscribe };
}
