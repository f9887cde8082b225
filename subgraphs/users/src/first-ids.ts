import { orderOf, type FirstPage } from '@diaspora/kit';
import { Prisma, type Db } from './database.js';

/** Where the rows of a list are kept: names of a table and of the column that says whose they are. */
export interface ListSource {
  readonly table: string;
  readonly parent: string;
  readonly condition?: Prisma.Sql;
}

/** Ids of the first rows under each of many parents, by one statement, for `createFirstPageLoaders`. */
export async function firstIds(
  db: Db,
  { table, parent, condition = Prisma.sql`TRUE` }: ListSource,
  parentIds: readonly string[],
  page: FirstPage,
): Promise<string[]> {
  const found = await db.$queryRaw<{ id: string }[]>`
    SELECT child.id FROM unnest(${[...parentIds]}::uuid[]) AS parent (id)
    CROSS JOIN LATERAL (
      SELECT id FROM ${Prisma.raw(table)} WHERE ${Prisma.raw(parent)} = parent.id AND ${condition}
      ORDER BY ${Prisma.raw(orderOf(page))} LIMIT ${page.take}
    ) AS child`;
  return found.map(({ id }) => id);
}
