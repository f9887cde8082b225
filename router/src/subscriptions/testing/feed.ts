export interface FeedItem {
  readonly cursor: string;
  /** Null for the start of a reading that has no position. */
  readonly post: { readonly id: string; readonly number: number } | null;
}

/** What happened, in order: events 1, 2, 3 ... It survives the service that tells them, as a database would. */
export function createFeed() {
  const readers = new Set<() => void>();
  let length = 0;
  let begun = 0;

  /** Events after the position, then live ones, until `return()`. */
  function read(after: string | null | undefined): AsyncIterableIterator<FeedItem> {
    let position = after == null ? length : Number(after);
    let isStarted = after != null;
    let isOver = false;
    let wake: () => void = () => undefined;
    const onAdded = () => wake();
    readers.add(onAdded);
    begun += 1;

    async function next(): Promise<IteratorResult<FeedItem>> {
      while (!isOver) {
        if (!isStarted) {
          isStarted = true;
          return { done: false, value: { cursor: String(position), post: null } };
        }
        if (position < length) {
          position += 1;
          const post = { id: `p${position}`, number: position };
          return { done: false, value: { cursor: String(position), post } };
        }
        await new Promise<void>((resolve) => (wake = resolve));
      }
      return { done: true, value: undefined };
    }

    const iterator: AsyncIterableIterator<FeedItem> = {
      next,
      async return() {
        isOver = true;
        readers.delete(onAdded);
        wake();
        return { done: true, value: undefined };
      },
      [Symbol.asyncIterator]: () => iterator,
    };
    return iterator;
  }

  return {
    add(count = 1) {
      length += count;
      for (const reader of [...readers]) reader();
    },
    length: () => length,
    read,
    /** How many read now. */
    readers: () => readers.size,
    /** How many have begun to read so far. */
    begun: () => begun,
  };
}

export type Feed = ReturnType<typeof createFeed>;
