import { columnOf, orderOf, type FirstPage } from '@diaspora/kit';
import { Prisma, type Db } from './database.js';

interface List {
  readonly table: string;
  /** The field of the table that names the parent. */
  readonly parent: string;
  /** On rows of the table. */
  readonly condition?: Prisma.Sql;
}

/** The ids of the first page of a list under each of many parents, by one statement. */
export async function firstIds(
  db: Db,
  { table, parent, condition = Prisma.sql`TRUE` }: List,
  parents: readonly string[],
  page: FirstPage,
): Promise<string[]> {
  const found = await db.$queryRaw<{ id: string }[]>`
    SELECT item.id FROM unnest(${[...parents]}::uuid[]) AS parent (id)
    CROSS JOIN LATERAL (
      SELECT id FROM ${Prisma.raw(table)} WHERE ${Prisma.raw(columnOf(parent))} = parent.id AND ${condition}
      ORDER BY ${Prisma.raw(orderOf(page))} LIMIT ${page.take}
    ) AS item`;
  return found.map(({ id }) => id);
}
