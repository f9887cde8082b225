import { describe, expect, it } from '@jest/globals';
import { parsePage, type Page, type SortKey } from './connection.js';
import {
  columnOf,
  createFirstPageLoaders,
  createGroupLoader,
  createRowLoader,
  orderOf,
  pageUnder,
  type FirstPage,
} from './loaders.js';

interface Row {
  readonly parent: string;
  readonly id: number;
}

const keys: SortKey[] = [
  { field: 'publishedAt', direction: 'desc', type: 'date' },
  { field: 'id', direction: 'desc', type: 'uuid' },
];
const first = (count: number) => parsePage({ first: count }, keys);
const last = (count: number) => parsePage({ last: count }, keys);

/** Parents a and b have rows 1 and 2; `calls` are the queries sent. */
function given() {
  const calls: { parents: readonly string[]; page: FirstPage }[] = [];
  const rows: Row[] = [
    { parent: 'a', id: 1 },
    { parent: 'b', id: 1 },
    { parent: 'a', id: 2 },
    { parent: 'b', id: 2 },
  ];
  const pages = createFirstPageLoaders(
    async (parents: readonly string[], page) => {
      calls.push({ parents, page });
      return rows.filter(({ parent }) => parents.includes(parent));
    },
    (row) => row.parent,
  );
  const load = async (page: FirstPage, parent: string) =>
    (await pages(page).load(parent)).map(({ id }) => id);
  return { calls, load, rows };
}

describe('rows and groups of many keys', () => {
  it('are read by one query, in the order of the keys and not of the rows', async () => {
    const queries: (readonly string[])[] = [];
    const loader = createRowLoader(
      async (ids: readonly string[]) => {
        queries.push(ids);
        return [{ id: 'b' }, { id: 'a' }];
      },
      (row) => row.id,
    );
    expect(await loader.loadMany(['a', 'none', 'b', 'a'])).toEqual([
      { id: 'a' },
      null,
      { id: 'b' },
      { id: 'a' },
    ]);
    expect(queries).toEqual([['a', 'none', 'b']]);
  });

  it('are an empty list where there is none', async () => {
    const rows = [
      { parent: 'b', id: 1 },
      { parent: 'a', id: 2 },
      { parent: 'b', id: 3 },
      { parent: 'stranger', id: 4 },
    ];
    const loader = createGroupLoader(
      async (_parents: readonly string[]) => rows,
      (row) => row.parent,
    );
    const [a, none, b] = (await loader.loadMany(['a', 'none', 'b'])) as Row[][];
    expect([a, none, b].map((group) => group!.map(({ id }) => id))).toEqual([[2], [], [1, 3]]);
  });

  it('are read by several queries beyond a thousand keys', async () => {
    const sizes: number[] = [];
    const loader = createRowLoader(
      async (ids: readonly number[]) => {
        sizes.push(ids.length);
        return ids.map((id) => ({ id }));
      },
      (row) => row.id,
    );
    await loader.loadMany(Array.from({ length: 2_500 }, (_, id) => id));
    expect(sizes).toEqual([1_000, 1_000, 500]);
  });
});

describe('first pages of many parents', () => {
  it('are read by one query, in its order, each parent named once', async () => {
    const { calls, load } = given();
    const pages = await Promise.all(['a', 'b', 'none', 'a'].map((parent) => load(first(5), parent)));
    expect(pages).toEqual([[1, 2], [1, 2], [], [1, 2]]);
    expect(calls).toMatchObject([{ parents: ['a', 'b', 'none'], page: { take: 6 } }]);
  });

  it('of another size or from the other end are another query', async () => {
    const { calls, load } = given();
    await Promise.all([load(first(5), 'a'), load(first(2), 'a'), load(last(5), 'a'), load(last(5), 'b')]);
    expect(calls.map(({ parents, page }) => [parents, page.take, page.orderBy[0]])).toEqual([
      [['a'], 6, { publishedAt: 'desc' }],
      [['a'], 3, { publishedAt: 'desc' }],
      [['a', 'b'], 6, { publishedAt: 'asc' }],
    ]);
  });

  it('show what has changed since they were last read', async () => {
    const { load, rows } = given();
    await load(first(5), 'a');
    rows.push({ parent: 'a', id: 3 });
    expect(await load(first(5), 'a')).toEqual([1, 2, 3]);
  });

  it('are read by several queries when they would be too many rows for one', async () => {
    const { calls, load } = given();
    await Promise.all(Array.from({ length: 500 }, (_, index) => load(first(99), `parent ${index}`)));
    expect(calls.map(({ parents }) => parents.length)).toEqual([200, 200, 100]);
  });

  it('fail alone when their query fails', async () => {
    const pages = createFirstPageLoaders(
      ([parent]: readonly string[], { take }): Promise<Row[]> =>
        take > 3 ? Promise.reject(new Error('too slow')) : Promise.resolve([{ parent: parent!, id: 1 }]),
      (row) => row.parent,
    );
    await expect(pages(first(3)).load('a')).rejects.toThrow('too slow');
    expect(await pages(first(2)).load('a')).toEqual([{ parent: 'a', id: 1 }]);
  });
});

describe('a page under one of many parents', () => {
  const at = (id: string) => ({ publishedAt: new Date(0), id });
  const [one, two] = [at('0190a5a0-0000-7000-8000-000000000002'), at('0190a5a0-0000-7000-8000-000000000001')];

  it('is read with those of the others when it is the first, and by itself behind a cursor', async () => {
    const reads: unknown[] = [];
    const first = createFirstPageLoaders(
      async (parents: readonly string[]) => {
        reads.push(parents);
        return parents.flatMap((parent) => [one, two].map((row) => ({ ...row, parent })));
      },
      (row) => row.parent,
    );
    const further = async ({ hasCursor }: Page) => {
      reads.push({ hasCursor });
      return [two];
    };
    const page = (after?: string) => parsePage({ first: 1, after: after ?? null }, keys);
    const [a, b] = await Promise.all(
      ['a', 'b'].map((parent) => pageUnder(parent, page(), { first, further })),
    );
    expect([a, b]).toMatchObject([
      { nodes: [{ parent: 'a', id: one.id }], pageInfo: { hasNextPage: true } },
      { nodes: [{ parent: 'b', id: one.id }], pageInfo: { hasNextPage: true } },
    ]);
    const next = await pageUnder('a', page(a!.pageInfo.endCursor!), { first, further });
    expect(next).toMatchObject({ nodes: [two], pageInfo: { hasNextPage: false, hasPreviousPage: true } });
    expect(reads).toEqual([['a', 'b'], { hasCursor: true }]);
  });
});

describe('the SQL of such a query', () => {
  it('names columns as the data model does', () => {
    expect(['id', 'startsAtLocal'].map(columnOf)).toEqual(['id', 'starts_at_local']);
  });

  it('orders as the page does, from either end', () => {
    expect(orderOf(first(5))).toBe('published_at desc, id desc');
    expect(orderOf(last(5))).toBe('published_at asc, id asc');
  });
});
