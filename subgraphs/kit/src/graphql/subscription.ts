/**
 * Events as the root values of a Subscription field, which is what its `subscribe` has to answer. The field has no
 * `resolve`: with one its permission would be asked there, after the events began.
 */
export function rootValues<Field extends string, Item>(
  field: Field,
  source: AsyncIterableIterator<Item>,
): AsyncIterableIterator<Record<Field, Item>> {
  const iterator: AsyncIterableIterator<Record<Field, Item>> = {
    async next() {
      const event = await source.next();
      if (event.done) return { done: true, value: undefined };
      return { done: false, value: { [field]: event.value } as Record<Field, Item> };
    },
    async return() {
      await source.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]: () => iterator,
  };
  return iterator;
}
