export interface Lru<V> {
  get(key: string): V | undefined;
  set(key: string, value: V): void;
  delete(key: string): void;
  /** Sum of the weights of what is kept. */
  weight(): number;
}

/**
 * A map that drops what was used least recently once the weights of its entries sum to more than `most`.
 * Without `weigh` each entry weighs 1. What alone weighs more than a quarter of `most` is not kept at all.
 */
export function createLru<V>(options: {
  readonly most: number;
  readonly weigh?: (value: V, key: string) => number;
}): Lru<V> {
  const { most, weigh = () => 1 } = options;
  const heaviest = Math.max(1, most / 4);
  const entries = new Map<string, { readonly value: V; readonly weight: number }>();
  let total = 0;

  const remove = (key: string): void => {
    total -= entries.get(key)?.weight ?? 0;
    entries.delete(key);
  };

  return {
    get(key) {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      // A Map keeps the order of insertion: the last one is the one used last.
      entries.delete(key);
      entries.set(key, entry);
      return entry.value;
    },
    set(key, value) {
      remove(key);
      const weight = weigh(value, key);
      if (weight > heaviest || most < 1) return;
      entries.set(key, { value, weight });
      total += weight;
      for (const oldest of entries.keys()) {
        if (total <= most) break;
        remove(oldest);
      }
    },
    delete: remove,
    weight: () => total,
  };
}
