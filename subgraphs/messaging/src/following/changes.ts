import type { Clock, Live } from '@diaspora/kit';
import { endedBy } from './ended-by.js';
import { firstEvent, type FirstEvent } from './first-event.js';
import type { LookAgain } from './looking-again.js';
import { createNews } from './news.js';
import { snapshotCursor, snapshotOf, type Snapshot } from './snapshots.js';
import { listenFor } from './wake-ups.js';

/** What was found to have changed since a snapshot, and the snapshot in which that was read. */
export interface Found {
  readonly snapshot: Snapshot;
  /** TOO_MUCH: more than is told one by one. */
  readonly extent: 'NOTHING' | 'SOME' | 'TOO_MUCH';
}

export const extentOf = (count: number, most: number): Found['extent'] =>
  count === 0 ? 'NOTHING' : count > most ? 'TOO_MUCH' : 'SOME';

interface Options<Changes extends Found, Event> {
  readonly live: Live;
  readonly clock: Clock;
  readonly lookAgain: LookAgain;
  /** Wakes it; cursors are of this channel too. */
  readonly channel: string;
  readonly after: string | null | undefined;
  /** Without a snapshot: nothing, and the snapshot of now. */
  readonly changesSince: (snapshot: Snapshot | null) => Promise<Changes>;
  readonly eventOf: (changes: Changes) => Event;
  readonly onEnd?: () => void;
}

export interface Told<Event> {
  readonly cursor: string;
  readonly event: Event | FirstEvent;
}

/**
 * What changes, as it is when it is read: what changes twice before it is read is told once, so that a slow reader costs
 * no memory. Listens first and reads then, so that nothing falls between.
 */
export async function followChanges<Changes extends Found, Event>(options: Options<Changes, Event>) {
  const { live, clock, lookAgain, channel, after, changesSince, eventOf, onEnd } = options;
  const news = createNews();
  const wakeUps = listenFor(live, channel, news.arrive);
  const leave = lookAgain(news.arrive);
  let hasStopped = false;
  const stop = () => {
    if (hasStopped) return;
    hasStopped = true;
    leave();
    void wakeUps.stop();
    news.end();
    onEnd?.();
  };

  async function* follow(
    snapshot: Snapshot,
    first: 'STARTED' | 'CURSOR_INVALID' | undefined,
  ): AsyncGenerator<Told<Event>, undefined> {
    const told = (event: Event | FirstEvent) => ({ cursor: snapshotCursor(channel, snapshot), event });
    try {
      if (first) yield told(firstEvent(first, clock));
      do {
        const changes = await changesSince(snapshot);
        snapshot = changes.snapshot;
        if (changes.extent === 'TOO_MUCH') yield told(firstEvent('CURSOR_TOO_OLD', clock));
        if (changes.extent === 'SOME') yield told(eventOf(changes));
      } while (await news.next());
      return undefined;
    } finally {
      stop();
    }
  }

  try {
    await wakeUps.ready;
    const now = (await changesSince(null)).snapshot;
    if (after == null) return endedBy(follow(now, 'STARTED'), stop);
    const since = snapshotOf(channel, after, now);
    return endedBy(follow(since ?? now, since ? undefined : 'CURSOR_INVALID'), stop);
  } catch (error) {
    stop();
    throw error;
  }
}
