import { AppError, orderOf, parseInput, type ConnectionArgs, type Page } from '@diaspora/kit';
import type { Customer } from '../__generated__/prisma/client.js';
import type { Authority, BuiltInAction } from '../authority/index.js';
import type { CustomerFields } from '../customer-fields/index.js';
import { Prisma, type Db } from '../database.js';
import { beyondCursor, containing, isThere, matching, within } from './conditions.js';
import { wantedValues, type GivenValue } from './custom.js';
import { countedUpTo, customerFilter, searchWords, type CustomerFilter } from './rules.js';

export type CustomerListing = ReturnType<typeof createCustomerListing>;

interface Dependencies {
  readonly db: Db;
  readonly authority: Authority;
  readonly fields: CustomerFields;
}

export interface CustomerQuery {
  readonly organizationId: string;
  /** As clients give it, with keys for ids. */
  readonly filter?:
    ({ readonly customFields?: readonly GivenValue[] | null | undefined } & object) | null | undefined;
  readonly search?: string | null | undefined;
}

/** A page of customers that knows how to count all of them. */
export interface CustomerRows {
  readonly rows: Customer[];
  readonly count: () => Promise<number | null>;
}

/** Lists of customers: who may see which of them is part of the query. */
export function createCustomerListing({ db, authority, fields }: Dependencies) {
  /** Throws NOT_FOUND for whoever does not belong to the organization. */
  async function reachFor(userId: string, action: BuiltInAction, organizationId: string) {
    const reach = await authority.reach(userId, action, organizationId);
    if (!reach)
      throw new AppError('NOT_FOUND', 'There is no such organization of yours.', {
        path: ['organizationId'],
      });
    return reach;
  }

  /** The departments of an organization in which somebody may do something, for queries of what belongs to customers. */
  async function departmentsFor(userId: string, action: BuiltInAction, organizationId: string) {
    const reach = await reachFor(userId, action, organizationId);
    return 'only' in reach ? { in: [...reach.only] } : { notIn: [...reach.except] };
  }

  /** Throws FORBIDDEN for a member who may do this in no department. */
  async function assertReaches(userId: string, action: BuiltInAction, organizationId: string): Promise<void> {
    const reach = await reachFor(userId, action, organizationId);
    if ('only' in reach && reach.only.length === 0)
      throw new AppError('FORBIDDEN', 'You may not do this to customers of this organization.');
  }

  /** A filter as it is kept: parsed, with the values of custom fields by their id. */
  async function parseFilter(
    organizationId: string,
    given: CustomerQuery['filter'],
  ): Promise<CustomerFilter> {
    const filter = parseInput(customerFilter, given ?? {});
    const values = given?.customFields ?? [];
    if (values.length === 0) return filter;
    return { ...filter, custom: wantedValues(await fields.listOf(organizationId), values) };
  }

  /** The customers in whose department somebody may do something, and who fit, as a condition on the table. */
  async function condition(
    userId: string,
    action: BuiltInAction,
    {
      organizationId,
      filter,
      words = [],
    }: { organizationId: string; filter: CustomerFilter; words?: string[] },
  ): Promise<Prisma.Sql> {
    const reach = await reachFor(userId, action, organizationId);
    const parts = [within(organizationId, reach), isThere, matching(filter), containing(words)];
    return Prisma.join(parts, ' AND ');
  }

  async function list(
    userId: string,
    { organizationId, ...query }: CustomerQuery,
    page: Page,
    args: ConnectionArgs,
  ): Promise<CustomerRows> {
    const filter = await parseFilter(organizationId, query.filter);
    const words = parseInput(searchWords, query.search);
    const fitting = await condition(userId, 'customers.read', { organizationId, filter, words });
    return rowsOf(fitting, page, args);
  }

  async function listRemoved(
    userId: string,
    organizationId: string,
    page: Page,
    args: ConnectionArgs,
  ): Promise<CustomerRows> {
    const deletable = within(organizationId, await reachFor(userId, 'customers.delete', organizationId));
    const readable = within(organizationId, await reachFor(userId, 'customers.read', organizationId));
    const fitting = Prisma.sql`${deletable} AND ${readable} AND removed_at IS NOT NULL AND merged_into_id IS NULL`;
    return rowsOf(fitting, page, args);
  }

  async function rowsOf(fitting: Prisma.Sql, page: Page, args: ConnectionArgs): Promise<CustomerRows> {
    const found = await db.$queryRaw<{ id: string }[]>(pageQuery(fitting, page, args));
    const rows = await db.customer.findMany({
      where: { id: { in: found.map(({ id }) => id) } },
      orderBy: page.orderBy,
    });
    return { rows, count: () => countOf(fitting) };
  }

  /** Null beyond what is counted. */
  async function countOf(fitting: Prisma.Sql): Promise<number | null> {
    const [row] = await db.$queryRaw<{ count: number }[]>`
      SELECT count(*)::int AS count FROM (
        SELECT 1 FROM customers WHERE ${fitting} LIMIT ${countedUpTo + 1}) AS counted`;
    return row!.count > countedUpTo ? null : row!.count;
  }

  return { departmentsFor, assertReaches, parseFilter, condition, list, listRemoved };
}

/** The ids of a page, in its order. */
export const pageQuery = (fitting: Prisma.Sql, page: Page, args: ConnectionArgs): Prisma.Sql => Prisma.sql`
  SELECT id FROM customers WHERE ${fitting} AND ${beyondCursor(page, args)}
  ORDER BY ${Prisma.raw(orderOf(page))} LIMIT ${page.take}`;
