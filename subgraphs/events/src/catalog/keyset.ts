import { decodeCursor, type ConnectionArgs, type Page, type SortKey } from '@diaspora/kit';
import { Prisma } from '../database.js';

/** One column of an order: how rows are sorted by it, and how a cursor speaks of it. */
export interface OrderColumn extends SortKey {
  readonly sql: Prisma.Sql;
  /** The type of its values in PostgreSQL. */
  readonly cast: 'timestamptz' | 'uuid' | 'float8' | 'int';
}

const { sql, join, raw } = Prisma;

/** Whether rows of a page ascend by a column: backwards everything is turned. */
const ascends = ({ direction }: OrderColumn, { forward }: Page) => (direction === 'asc') === forward;

/** What follows ORDER BY to read a page. */
export const orderSql = (columns: readonly OrderColumn[], page: Page): Prisma.Sql =>
  join(columns.map((column) => sql`${column.sql} ${raw(ascends(column, page) ? 'ASC' : 'DESC')}`));

/**
 * Rows beyond the cursor of a page: (a, b) > (x, y) as `a >= x AND (a > x OR (a = x AND b > y))`, for any mix of
 * directions. The first term lets an index on (a, b) begin there. Rows that are added meanwhile lie before the cursor
 * or after it, so that none is read twice and none is left out.
 */
export function beyondCursor(columns: readonly OrderColumn[], page: Page, args: ConnectionArgs): Prisma.Sql {
  const cursor = page.forward ? args.after : args.before;
  if (cursor == null) return sql`TRUE`;
  const values = decodeCursor(cursor, columns);
  const [head] = columns;
  return sql`${compare(head!, page, values[0]!, '=')} AND ${beyond(columns, page, values)}`;
}

function beyond(columns: readonly OrderColumn[], page: Page, values: readonly unknown[]): Prisma.Sql {
  const [column, ...others] = columns;
  const [value, ...rest] = values;
  const further = compare(column!, page, value, '');
  if (others.length === 0) return further;
  return sql`(${further} OR (${column!.sql} = ${typed(column!, value)} AND ${beyond(others, page, rest)}))`;
}

const compare = (column: OrderColumn, page: Page, value: unknown, orEqual: '=' | '') =>
  sql`${column.sql} ${raw((ascends(column, page) ? '>' : '<') + orEqual)} ${typed(column, value)}`;

const typed = ({ cast }: OrderColumn, value: unknown) => sql`${value}::${raw(cast)}`;
