/** Remembers what was used lately: at most so many entries, of so much weight together. */
export interface BoundedCache<Value> {
  get(key: string): Value | undefined;
  set(key: string, value: Value, weight: number): void;
  delete(key: string): void;
  /** From the one that was used least to the one that was used most. */
  byUse(): readonly { readonly key: string; readonly value: Value }[];
}

interface Entry<Value> {
  readonly value: Value;
  readonly weight: number;
  uses: number;
  /** Used since the hand last came by: it gets a second chance. */
  isFresh: boolean;
}

/**
 * The clock algorithm (second chance), which is close to LRU and makes a hit cost one look into a Map and no more:
 * entries are only moved when room is needed.
 */
export function createBoundedCache<Value>({
  maxEntries,
  maxWeight,
}: {
  readonly maxEntries: number;
  readonly maxWeight: number;
}): BoundedCache<Value> {
  const entries = new Map<string, Entry<Value>>();
  let weight = 0;

  const remove = (key: string, entry: Entry<Value>) => {
    entries.delete(key);
    weight -= entry.weight;
  };

  const makeRoom = () => {
    for (const [key, entry] of entries) {
      if (entries.size <= maxEntries && weight <= maxWeight) return;
      remove(key, entry);
      if (!entry.isFresh) continue;
      // To the end of the line, where this loop meets it again.
      entry.isFresh = false;
      entry.uses = Math.floor(entry.uses / 2);
      entries.set(key, entry);
      weight += entry.weight;
    }
  };

  return {
    get: (key) => {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      entry.isFresh = true;
      entry.uses += 1;
      return entry.value;
    },
    set: (key, value, entryWeight) => {
      const before = entries.get(key);
      if (before !== undefined) remove(key, before);
      if (entryWeight > maxWeight) return;
      entries.set(key, { value, weight: entryWeight, uses: 0, isFresh: false });
      weight += entryWeight;
      makeRoom();
    },
    delete: (key) => {
      const entry = entries.get(key);
      if (entry !== undefined) remove(key, entry);
    },
    byUse: () =>
      [...entries]
        .sort(([, one], [, other]) => one.uses - other.uses)
        .map(([key, { value }]) => ({ key, value })),
  };
}
