import DataLoader from 'dataloader';

export type Loader<Key, Value> = DataLoader<Key, Value>;

const maxBatchSize = 1_000;

/** One row per key by one query; null where there is none. */
export function createRowLoader<Key, Row>(
  load: (keys: readonly Key[]) => Promise<readonly Row[]>,
  keyOf: (row: Row) => Key,
): DataLoader<Key, Row | null> {
  return new DataLoader(
    async (keys) => {
      const byKey = new Map((await load(keys)).map((row) => [keyOf(row), row]));
      return keys.map((key) => byKey.get(key) ?? null);
    },
    { maxBatchSize },
  );
}

/** All rows of each key by one query; an empty list where there are none. The query bounds its own size. */
export function createGroupLoader<Key, Row>(
  load: (keys: readonly Key[]) => Promise<readonly Row[]>,
  keyOf: (row: Row) => Key,
): DataLoader<Key, Row[]> {
  return new DataLoader(
    async (keys) => {
      const groups = new Map<Key, Row[]>(keys.map((key) => [key, []]));
      for (const row of await load(keys)) groups.get(keyOf(row))?.push(row);
      return keys.map((key) => groups.get(key) ?? []);
    },
    { maxBatchSize },
  );
}
