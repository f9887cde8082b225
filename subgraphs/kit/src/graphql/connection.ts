import { validate as isUuid } from 'uuid';
import { AppError } from '../errors.js';

/**
 * Relay arguments (https://relay.dev/graphql/connections.htm). Exactly one of first and last is required;
 * first goes with after, last with before.
 */
export interface ConnectionArgs {
  readonly first?: number | null | undefined;
  readonly last?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly before?: string | null | undefined;
}

/** One column of the sort order. The last one must be unique, usually the id. */
export interface SortKey {
  readonly field: string;
  readonly direction: 'asc' | 'desc';
  readonly type: 'date' | 'uuid' | 'number' | 'bigint' | 'string';
}

type KeyValue = Date | string | number | bigint;

/** A page request as the database sees it. */
export interface Page {
  readonly forward: boolean;
  /** Rows to fetch: one more than the page, to know whether there is a next one. */
  readonly take: number;
  readonly size: number;
  readonly orderBy: Record<string, 'asc' | 'desc'>[];
  /** A Prisma filter that begins after (or ends before) the cursor; empty without one. */
  readonly where: Record<string, unknown>;
  readonly hasCursor: boolean;
  readonly keys: readonly SortKey[];
}

export interface Edge<Row> {
  readonly cursor: string;
  readonly node: Row;
}

export interface Connection<Row> {
  readonly edges: Edge<Row>[];
  readonly nodes: Row[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

export const maxPageSize = 100;

/** Turns Relay arguments into a keyset page. Throws AppError INVALID_INPUT for unusable arguments or cursors. */
export function parsePage(args: ConnectionArgs, keys: readonly SortKey[]): Page {
  const forward = args.first != null;
  const size = args.first ?? args.last;
  if (size == null || (args.first != null && args.last != null)) {
    throw new AppError('INVALID_INPUT', 'Give either first or last.', { path: ['first'] });
  }
  if (size < 0 || size > maxPageSize) {
    throw new AppError('INVALID_INPUT', `A page has 0 to ${maxPageSize} items.`, {
      path: [forward ? 'first' : 'last'],
    });
  }
  const [cursor, other] = forward ? [args.after, args.before] : [args.before, args.after];
  if (other != null) {
    throw new AppError('INVALID_INPUT', 'Cursors: first goes with after, last with before.', {
      path: [forward ? 'before' : 'after'],
    });
  }
  const turn = (direction: 'asc' | 'desc') => (forward ? direction : direction === 'asc' ? 'desc' : 'asc');
  const turned = keys.map((key) => ({ ...key, direction: turn(key.direction) }));
  return {
    forward,
    size,
    take: size + 1,
    orderBy: turned.map((key) => ({ [key.field]: key.direction })),
    where: cursor == null ? {} : keysetFilter(turned, decodeCursor(cursor, keys)),
    hasCursor: cursor != null,
    keys,
  };
}

/** Rows fetched with `page.where`, `page.orderBy` and `page.take` as a Relay connection. */
export function toConnection<Row extends object>(rows: readonly Row[], page: Page): Connection<Row> {
  const more = rows.length > page.size;
  const inOrder = page.forward ? rows.slice(0, page.size) : rows.slice(0, page.size).reverse();
  const edges = inOrder.map((node) => ({ node, cursor: encodeCursor(node, page.keys) }));
  return {
    edges,
    nodes: inOrder,
    pageInfo: {
      hasNextPage: page.forward ? more : page.hasCursor,
      hasPreviousPage: page.forward ? page.hasCursor : more,
      startCursor: edges.at(0)?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

/** (a, b) > (x, y) as `a >= x AND (a > x OR (a = x AND b > y))`: the first term lets an index on (a, b) be used. */
function keysetFilter(keys: readonly SortKey[], values: readonly KeyValue[]): Record<string, unknown> {
  const beyond = (key: SortKey) => (key.direction === 'asc' ? 'gt' : 'lt');
  const alternatives = keys.map((key, index) => ({
    ...Object.fromEntries(keys.slice(0, index).map((earlier, i) => [earlier.field, values[i]])),
    [key.field]: { [beyond(key)]: values[index] },
  }));
  const [head] = keys;
  return head ? { AND: [{ [head.field]: { [`${beyond(head)}e`]: values[0] } }, { OR: alternatives }] } : {};
}

export function encodeCursor(row: object, keys: readonly SortKey[]): string {
  const values = keys.map((key) => {
    const value = (row as Record<string, unknown>)[key.field];
    return typeof value === 'bigint' ? value.toString() : value;
  });
  return Buffer.from(JSON.stringify(values)).toString('base64url');
}

export function decodeCursor(cursor: string, keys: readonly SortKey[]): KeyValue[] {
  const invalid = new AppError('INVALID_INPUT', 'This cursor does not belong to this list.', {
    path: ['after'],
  });
  let values: unknown;
  try {
    values = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    throw invalid;
  }
  if (!Array.isArray(values) || values.length !== keys.length) throw invalid;
  return keys.map((key, index) => {
    const value = readKey(key.type, values[index]);
    if (value === undefined) throw invalid;
    return value;
  });
}

/** As Date prints itself, years 1 to 9999: what PostgreSQL takes too. */
const isoInstant = /^(?!0000)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

function readKey(type: SortKey['type'], value: unknown): KeyValue | undefined {
  if (type === 'number') return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string' || value.includes('\u0000')) return undefined;
  if (type === 'date')
    return isoInstant.test(value) && !Number.isNaN(Date.parse(value)) ? new Date(value) : undefined;
  if (type === 'uuid') return isUuid(value) ? value : undefined;
  if (type === 'bigint') return /^-?\d{1,18}$/.test(value) ? BigInt(value) : undefined;
  return value;
}
