import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { v7 } from 'uuid';
import { decodeCursor, encodeCursor, parsePage, toConnection, type SortKey } from './connection.js';

const keys: SortKey[] = [
  { field: 'rank', direction: 'desc', type: 'number' },
  { field: 'id', direction: 'asc', type: 'uuid' },
];

interface Row {
  rank: number;
  id: string;
}

const compare = (a: Row, b: Row) => b.rank - a.rank || (a.id < b.id ? -1 : 1);

/** What PostgreSQL would answer to `where`, `orderBy` and `take`. */
function fetch(rows: Row[], page: ReturnType<typeof parsePage>): Row[] {
  const sorted = [...rows].sort(compare);
  const ordered = page.forward ? sorted : sorted.reverse();
  return ordered.filter((row) => matches(row, page.where)).slice(0, page.take);
}

function matches(row: Row, where: Record<string, unknown>): boolean {
  return Object.entries(where).every(([key, condition]) => {
    if (key === 'AND') return (condition as Record<string, unknown>[]).every((part) => matches(row, part));
    if (key === 'OR') return (condition as Record<string, unknown>[]).some((part) => matches(row, part));
    const value = row[key as keyof Row];
    if (typeof condition !== 'object' || condition === null) return value === condition;
    return Object.entries(condition as Record<string, Row[keyof Row]>).every(([operator, bound]) => {
      const tests: Record<string, boolean> = {
        gt: value > bound,
        gte: value >= bound,
        lt: value < bound,
        lte: value <= bound,
      };
      return tests[operator];
    });
  });
}

describe('keyset paging', () => {
  it('walks every row once in order, forwards and backwards, whatever the page size', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 25 }),
        fc.integer({ min: 1, max: 7 }),
        (ranks, size) => {
          const rows = ranks.map((rank) => ({ rank, id: v7() }));
          const expected = [...rows].sort(compare);
          const forwards: Row[] = [];
          let after: string | null = null;
          do {
            const page = parsePage({ first: size, after }, keys);
            const { nodes, pageInfo } = toConnection(fetch(rows, page), page);
            forwards.push(...nodes);
            after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
          } while (after);
          const backwards: Row[] = [];
          let before: string | null = null;
          do {
            const page = parsePage({ last: size, before }, keys);
            const { nodes, pageInfo } = toConnection(fetch(rows, page), page);
            backwards.unshift(...nodes);
            before = pageInfo.hasPreviousPage ? pageInfo.startCursor : null;
          } while (before);
          expect(forwards).toEqual(expected);
          expect(backwards).toEqual(expected);
        },
      ),
    );
  });

  it.each([
    ['neither size', {}],
    ['both sizes', { first: 1, last: 1 }],
    ['a page over the limit', { first: 101 }],
    ['a negative page', { last: -1 }],
    ['first with before', { first: 1, before: encodeCursor({ rank: 1, id: v7() }, keys) }],
    ['last with after', { last: 1, after: encodeCursor({ rank: 1, id: v7() }, keys) }],
  ])('refuses %s', (_name, args) => {
    expect(() => parsePage(args, keys)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }));
  });

  it.each([
    '',
    'x',
    'W10',
    Buffer.from('[1]').toString('base64url'),
    Buffer.from('["1","2"]').toString('base64url'),
  ])('refuses the foreign cursor "%s"', (cursor) => {
    expect(() => decodeCursor(cursor, keys)).toThrow('This cursor does not belong to this list.');
  });

  it('refuses a date that only JavaScript can read', () => {
    const dated: SortKey[] = [{ field: 'at', direction: 'asc', type: 'date' }];
    const far = Buffer.from(JSON.stringify(['+275760-01-01T00:00:00.000Z'])).toString('base64url');
    expect(() => decodeCursor(far, dated)).toThrow();
    const yearZero = encodeCursor({ at: new Date('0000-12-31T00:00:00.000Z') }, dated);
    expect(() => decodeCursor(yearZero, dated)).toThrow();
    const cursor = encodeCursor({ at: new Date(0) }, dated);
    expect(decodeCursor(cursor, dated)).toEqual([new Date(0)]);
  });
});
