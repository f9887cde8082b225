import DataLoader from 'dataloader';
import { toConnection, type Connection, type Page } from './connection.js';

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
      const groups = groupBy(keys, await load(keys), keyOf);
      return keys.map((key) => groups.get(key) ?? []);
    },
    { maxBatchSize },
  );
}

/** What the first pages of one list have in common, whoever their parent is: order and number of rows. */
export type FirstPage = Pick<Page, 'orderBy' | 'take'>;

const maxBatchRows = 20_000;

/**
 * The first page of a list under each of many parents by one call of `load`, where a page after a cursor belongs to one.
 * Answers the loader for one shape of page; pages of other shapes are other calls. `load` bounds the rows of each parent
 * (CROSS JOIN LATERAL ... LIMIT) and answers those of one parent in order: their ids by that statement and the rows by
 * Prisma are two statements, however many parents there are. Nothing is remembered beyond a batch: a page read after a
 * mutation of the same request shows what it did.
 */
export function createFirstPageLoaders<Key, Row>(
  load: (parents: readonly Key[], page: FirstPage) => Promise<readonly Row[]>,
  parentOf: (row: Row) => Key,
): (page: FirstPage) => DataLoader<Key, Row[]> {
  const loaders = new Map<string, DataLoader<Key, Row[]>>();
  return (page) => {
    const shape = JSON.stringify([page.orderBy, page.take]);
    const known = loaders.get(shape);
    if (known) return known;
    const loader = new DataLoader<Key, Row[]>(
      async (keys) => {
        const parents = [...new Set(keys)];
        const groups = groupBy(parents, await load(parents, page), parentOf);
        return keys.map((key) => groups.get(key) ?? []);
      },
      { cache: false, maxBatchSize: Math.min(maxBatchSize, Math.ceil(maxBatchRows / page.take)) },
    );
    loaders.set(shape, loader);
    return loader;
  };
}

/** A page of the list under one of many parents: the first one together with those of the others, a further one by itself. */
export async function pageUnder<Key, Row extends object>(
  parent: Key,
  page: Page,
  list: {
    readonly first: (page: FirstPage) => Loader<Key, Row[]>;
    readonly further: (page: Page) => Promise<readonly Row[]>;
  },
): Promise<Connection<Row>> {
  const rows = page.hasCursor ? list.further(page) : list.first(page).load(parent);
  return toConnection(await rows, page);
}

/** The column of a field, where the data model maps camel case to snake case: `publishedAt` is `published_at`. */
export const columnOf = (field: string): string =>
  field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** What follows ORDER BY to read such a page: `published_at desc, id desc`. */
export const orderOf = ({ orderBy }: Pick<Page, 'orderBy'>): string =>
  orderBy
    .flatMap((key) => Object.entries(key))
    .map(([field, direction]) => `${columnOf(field)} ${direction}`)
    .join(', ');

function groupBy<Key, Row>(
  keys: readonly Key[],
  rows: readonly Row[],
  keyOf: (row: Row) => Key,
): ReadonlyMap<Key, Row[]> {
  const groups = new Map<Key, Row[]>(keys.map((key) => [key, []]));
  for (const row of rows) groups.get(keyOf(row))?.push(row);
  return groups;
}
