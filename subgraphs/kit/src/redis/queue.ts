interface QueueIterator<T> extends AsyncIterableIterator<T, undefined> {
  return(): Promise<IteratorResult<T, undefined>>;
}

interface Queue<T> {
  /** Adds an item; a full queue ends with the error that `overflow` makes. */
  push(item: T, overflow: () => Error): void;
  readonly iterator: QueueIterator<T>;
}

/** A bounded queue read as an async iterator. `onEnd` runs once, however the queue ends. */
export function createQueue<T>({ limit, onEnd }: { limit: number; onEnd: () => void }): Queue<T> {
  let items: T[] = [];
  let waiting: ((result: IteratorResult<T, undefined>) => void)[] = [];
  let failure: Error | undefined;
  let ended = false;

  function end(error?: Error) {
    if (ended) return;
    ended = true;
    items = [];
    failure = error;
    for (const reader of waiting) reader({ done: true, value: undefined });
    waiting = [];
    onEnd();
  }

  async function next(): Promise<IteratorResult<T, undefined>> {
    if (failure) {
      const error = failure;
      failure = undefined;
      throw error;
    }
    if (items.length > 0) return { done: false, value: items.shift() as T };
    if (ended) return { done: true, value: undefined };
    return new Promise((resolve) => waiting.push(resolve));
  }

  const iterator: QueueIterator<T> = {
    next,
    return: async () => {
      end();
      return { done: true, value: undefined };
    },
    throw: async (error: Error) => {
      end();
      throw error;
    },
    [Symbol.asyncIterator]: () => iterator,
  };

  return {
    iterator,
    push(item, overflow) {
      if (ended) return;
      const reader = waiting.shift();
      if (reader) reader({ done: false, value: item });
      else if (items.length < limit) items.push(item);
      else end(overflow());
    },
  };
}
