/**
 * The events, as one iterator that ends at once. A generator that waits inside hears of `return()` only when its waiting
 * is over, so `stop` has to end that.
 */
export function endedBy<Item>(
  events: AsyncGenerator<Item, undefined>,
  stop: () => void,
): AsyncIterableIterator<Item, undefined> {
  const iterator: AsyncIterableIterator<Item, undefined> = {
    next: () => events.next(),
    return: () => {
      stop();
      return events.return(undefined);
    },
    [Symbol.asyncIterator]: () => iterator,
  };
  return iterator;
}
