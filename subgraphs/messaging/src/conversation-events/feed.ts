import type { LoggedEvent } from '../models.js';
import { isTooOld } from './rules.js';

export type Reading =
  /** What follows the position that was asked for, in order. */
  | { readonly kind: 'EVENTS'; readonly events: readonly LoggedEvent[] }
  /** What follows it is too much to be told one by one, or was pruned. It goes on at `position`. */
  | { readonly kind: 'MISSED'; readonly position: number }
  /** Nothing that is told, but whether the viewer may still listen is to be seen now. */
  | { readonly kind: 'DOUBT' }
  | { readonly kind: 'STOPPED' };

/** One subscriber's place in a feed. It keeps no events: only how far it has come. */
export interface Reader {
  /** What follows that position; waits until there is something. Throws what the feed failed of. */
  readonly next: (position: number) => Promise<Reading>;
  readonly stop: () => void;
}

export interface Feed {
  open(): Reader;
  /** Reads what is new and wakes the readers. */
  wake(): void;
  /** Wakes the readers although nothing is new: whether they may listen may have changed. */
  doubt(): void;
  /** The newest event, which may be one that was not announced; if it was, it is time for doubt. */
  look(lastPosition: number): void;
  fail(error: unknown): void;
}

interface Options {
  /** Of the newest event when listening had begun. */
  readonly last: number;
  /** A page of the events after a position. */
  readonly pageAfter: (position: number) => Promise<readonly LoggedEvent[]>;
  /** It could not be read; every reader is told why. */
  readonly onFailure: () => void;
}

/** The most that is kept for readers who are behind; who is further behind reads the table. */
const keep = 100;

/** The events of one conversation, read once for all who listen to it in this process. */
export function createFeed({ last, pageAfter, onFailure }: Options): Feed {
  /** The newest events, without gaps: those that not every reader has passed yet. */
  let recent: readonly LoggedEvent[] = [];
  let hasNews = false;
  let isReading = false;
  let failure: { readonly error: unknown } | undefined;
  const readers = new Set<{ position: number; isInDoubt: boolean; wake: () => void }>();

  const wakeAll = () => {
    for (const reader of readers) reader.wake();
  };

  /** It stays with each of them until it has seen to it, whatever it is at now. */
  function doubt(): void {
    for (const reader of readers) reader.isInDoubt = true;
    wakeAll();
  }

  function fail(error: unknown): void {
    failure = { error };
    wakeAll();
    onFailure();
  }

  function wake(): void {
    hasNews = true;
    if (!isReading) void readOn();
  }

  async function readOn(): Promise<void> {
    isReading = true;
    try {
      while (hasNews) {
        hasNews = false;
        take(await pageAfter(last));
      }
    } catch (error) {
      fail(error);
    }
    isReading = false;
  }

  function take(events: readonly LoggedEvent[]): void {
    const newest = events.at(-1);
    if (!newest) return;
    const slowest = [...readers].reduce((least, { position }) => Math.min(least, position), last);
    recent = [...recent.filter(({ position }) => position > slowest), ...events].slice(-keep);
    last = newest.position;
    // There may be another page.
    hasNews = true;
    wakeAll();
  }

  async function read(position: number): Promise<Reading> {
    const first = recent[0];
    const isKept = first !== undefined && first.position <= position + 1;
    const events = isKept ? recent.slice(position + 1 - first.position) : await pageAfter(position);
    return isTooOld(position, last) || !isComplete(events, position)
      ? { kind: 'MISSED', position: last }
      : { kind: 'EVENTS', events };
  }

  function open(): Reader {
    let isStopped = false;
    const self = { position: last, isInDoubt: false, wake: (): void => undefined };
    const news = () => new Promise<void>((resolve) => (self.wake = resolve));
    readers.add(self);
    return {
      async next(position) {
        self.position = position;
        for (;;) {
          if (isStopped) return { kind: 'STOPPED' };
          if (failure) throw failure.error;
          if (position < last) return read(position);
          if (self.isInDoubt) {
            self.isInDoubt = false;
            return { kind: 'DOUBT' };
          }
          await news();
        }
      },
      stop() {
        isStopped = true;
        readers.delete(self);
        self.wake();
      },
    };
  }

  return {
    open,
    wake,
    doubt,
    look: (lastPosition) => (lastPosition > last ? wake() : doubt()),
    fail,
  };
}

/** Without gaps: what was pruned leaves one. */
const isComplete = (events: readonly LoggedEvent[], after: number): boolean =>
  events.length > 0 && events.every(({ position }, index) => position === after + 1 + index);
