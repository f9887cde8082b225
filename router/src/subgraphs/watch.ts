import type { Time } from './time.js';

/** Something that has to happen at a time unless it is taken off before. */
export interface Watched {
  /** On the scale of `Time.now`. */
  readonly dueAt: number;
  /** When nobody is interested any more it is due at once. */
  readonly signal?: AbortSignal;
  /** It is not watched any more when this is called. */
  onDue(): void;
  /** The watch's own: where it stands. */
  slot: number;
}

export interface Watch {
  add(watched: Watched): void;
  /** Does nothing when it is not watched. */
  remove(watched: Watched): void;
}

/** `slot` of what is not watched. */
export const unwatched = -1;
const everyMs = 5;

/**
 * One timer for all deadlines and all clients that may go away: every five milliseconds it looks through what is under
 * way. A timer and a listener for each would cost more than all other steps of a fetch together.
 */
export function createWatch(time: Pick<Time, 'now' | 'after'>): Watch {
  const all: Watched[] = [];
  let isRunning = false;

  function remove(watched: Watched): void {
    const { slot } = watched;
    if (slot === unwatched) return;
    const last = all.pop()!;
    if (last !== watched) {
      all[slot] = last;
      last.slot = slot;
    }
    watched.slot = unwatched;
  }

  function tick(): void {
    const now = time.now();
    // Backwards: removing moves the last one, which has been looked at, to where the removed one was.
    for (let index = all.length - 1; index >= 0; index--) {
      const watched = all[index];
      if (watched === undefined || (watched.dueAt > now && !watched.signal?.aborted)) continue;
      remove(watched);
      watched.onDue();
    }
    isRunning = all.length > 0;
    if (isRunning) time.after(everyMs, tick);
  }

  return {
    add(watched) {
      watched.slot = all.length;
      all.push(watched);
      if (isRunning) return;
      isRunning = true;
      time.after(everyMs, tick);
    },
    remove,
  };
}
