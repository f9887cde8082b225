import { columnOf, orderOf, type FirstPage } from './loaders.js';

/** The tags of a subgraph's Prisma client. */
interface Tags<Sql> {
  readonly sql: (strings: readonly string[], ...values: unknown[]) => Sql;
  readonly raw: (text: string) => Sql;
}

interface Queried<Sql> {
  $queryRaw(query: Sql): PromiseLike<unknown>;
}

interface List<Sql> {
  readonly table: string;
  /** The field of the table that names the parent. */
  readonly parent: string;
  /** On rows of the table. */
  readonly condition?: Sql;
}

/** For `createFirstPageLoaders`: the ids of the first page of a list under each of many parents, by one statement. */
export const createFirstIds =
  <Sql>({ sql, raw }: Tags<Sql>) =>
  async (
    db: Queried<Sql>,
    { table, parent, condition = raw('TRUE') }: List<Sql>,
    parents: readonly string[],
    page: FirstPage,
  ): Promise<string[]> => {
    const found = (await db.$queryRaw(sql`
      SELECT item.id FROM unnest(${[...parents]}::uuid[]) AS parent (id)
      CROSS JOIN LATERAL (
        SELECT id FROM ${raw(table)} WHERE ${raw(columnOf(parent))} = parent.id AND ${condition}
        ORDER BY ${raw(orderOf(page))} LIMIT ${page.take}
      ) AS item`)) as { id: string }[];
    return found.map(({ id }) => id);
  };

/** What `findMany` is asked for. */
export interface RowsOfPage extends Pick<FirstPage, 'orderBy'> {
  readonly where: { readonly id: { readonly in: string[] } };
}

/** The same with the rows, by one more statement: all that `createFirstPageLoaders` needs where an id is enough to read a row. */
export const createFirstRows = <Sql>(tags: Tags<Sql>) => {
  const firstIds = createFirstIds(tags);
  return <Row>(db: Queried<Sql>, list: List<Sql>, find: (rows: RowsOfPage) => PromiseLike<Row[]>) =>
    async (parents: readonly string[], page: FirstPage): Promise<Row[]> =>
      find({ where: { id: { in: await firstIds(db, list, parents, page) } }, orderBy: page.orderBy });
};
