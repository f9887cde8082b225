import {
  decodeCursor,
  likeContaining,
  orderOf,
  type ConnectionArgs,
  type Page,
  type SortKey,
} from '@diaspora/kit';
import { Prisma } from '../database.js';
import type { Reach } from '../authority/index.js';
import type { CustomerFilter } from './rules.js';

/** In which order customers are listed; the columns have indexes in it. */
export const orders = {
  NAME: [sortKey('nameKey', 'string'), sortKey('id', 'uuid')],
  CREATED_AT: [sortKey('createdAt', 'date'), sortKey('id', 'uuid')],
  UPDATED_AT: [sortKey('updatedAt', 'date'), sortKey('id', 'uuid')],
} as const;

function sortKey(field: string, type: SortKey['type']) {
  return { field, type, direction: 'asc' } as const satisfies SortKey;
}

/** Customers of an organization in the departments somebody reaches, as a condition on the table `customers`. */
export function within(organizationId: string, reach: Reach): Prisma.Sql {
  const here = Prisma.sql`organization_id = ${organizationId}::uuid`;
  if ('only' in reach) return Prisma.sql`${here} AND department_id = ANY(${[...reach.only]}::uuid[])`;
  if (reach.except.length === 0) return here;
  return Prisma.sql`${here} AND department_id <> ALL(${[...reach.except]}::uuid[])`;
}

export const isThere = Prisma.sql`removed_at IS NULL`;

const given = <Value>(value: Value | null | undefined, condition: (value: Value) => Prisma.Sql) =>
  value === null || value === undefined ? [] : [condition(value)];

/** What a filter asks for, as a condition on the table `customers`. */
export function matching(filter: CustomerFilter): Prisma.Sql {
  const conditions = [
    ...given(filter.departmentIds, (ids) => Prisma.sql`department_id = ANY(${ids}::uuid[])`),
    ...given(filter.kind, (kind) => Prisma.sql`kind = ${kind}::customer_kind`),
    ...given(filter.statuses, (statuses) => Prisma.sql`status = ANY(${statuses}::customer_status[])`),
    ...given(filter.ownerIds, (ids) => Prisma.sql`owner_id = ANY(${ids}::uuid[])`),
    ...given(filter.isUnowned, (is) =>
      is ? Prisma.sql`owner_id IS NULL` : Prisma.sql`owner_id IS NOT NULL`,
    ),
    ...given(filter.tags, (tags) => Prisma.sql`tags @> ${tags}::text[]`),
    ...given(filter.countryCodes, (codes) => Prisma.sql`country_code = ANY(${codes}::text[])`),
    ...given(filter.city, (city) => Prisma.sql`city_key = ${city}`),
    ...given(filter.email, (email) => Prisma.sql`email_key = ${email.toLowerCase()}`),
    ...given(filter.createdFrom, (at) => Prisma.sql`created_at >= ${at}::timestamptz`),
    ...given(filter.createdBefore, (at) => Prisma.sql`created_at < ${at}::timestamptz`),
    ...given(filter.updatedFrom, (at) => Prisma.sql`updated_at >= ${at}::timestamptz`),
    ...given(filter.updatedBefore, (at) => Prisma.sql`updated_at < ${at}::timestamptz`),
    ...given(filter.custom, (values) => Prisma.sql`custom @> ${JSON.stringify(values)}::jsonb`),
  ];
  return conditions.length === 0 ? Prisma.sql`TRUE` : Prisma.join(conditions, ' AND ');
}

/** All of these words, which are folded, occur. */
export const containing = (words: readonly string[]): Prisma.Sql =>
  words.length === 0
    ? Prisma.sql`TRUE`
    : Prisma.join(
        words.map((word) => Prisma.sql`search_text LIKE ${likeContaining(word)}`),
        ' AND ',
      );

/** What lies beyond the cursor of a page whose keys all go in one direction: `(name_key, id) > (x, y)`. */
export function beyondCursor(page: Page, { after, before }: ConnectionArgs): Prisma.Sql {
  const cursor = after ?? before;
  if (cursor == null) return Prisma.sql`TRUE`;
  const [first, last] = decodeCursor(cursor, page.keys);
  const [head, tail] = page.keys;
  const columns = Prisma.raw(
    orderOf({ orderBy: [{ [head!.field]: 'asc' }, { [tail!.field]: 'asc' }] }).replace(/ asc/g, ''),
  );
  const isUpwards = (head!.direction === 'asc') === page.forward;
  const values = Prisma.sql`(${first}::${Prisma.raw(sqlTypes[head!.type])}, ${last}::uuid)`;
  return Prisma.sql`(${columns}) ${Prisma.raw(isUpwards ? '>' : '<')} ${values}`;
}

const sqlTypes: Record<SortKey['type'], string> = {
  string: 'text',
  date: 'timestamptz',
  uuid: 'uuid',
  number: 'float8',
  bigint: 'bigint',
};
