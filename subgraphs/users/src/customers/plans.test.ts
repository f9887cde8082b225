import { createPool, encodeCursor, parsePage } from '@diaspora/kit';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Prisma } from '../database.js';
import { givenUsers } from '../testing/given.js';
import { containing, isThere, matching, within } from './conditions.js';
import { pageQuery } from './listing.js';
import { pageOf } from './resolvers.js';
import type { CustomerFilter } from './rules.js';

const many = 100_000;

let users: Awaited<ReturnType<typeof givenUsers>>;
let organizationId: string;
let departments: string[];
let ownerId: string;
beforeAll(async () => {
  users = await givenUsers();
  const { given } = users;
  const owner = await given.person();
  ({ id: organizationId } = await given.organization(owner));
  departments = [];
  for (let index = 0; index < 20; index++) departments.push((await given.node(organizationId)).id);
  ownerId = owner.id;
  await users.db.$executeRaw`
    INSERT INTO customers (id, organization_id, department_id, kind, status, name, name_key, email, email_key, city,
      city_key, country_code, owner_id, tags, custom, search_text, created_at, created_by_id, updated_at, removed_at)
    SELECT gen_random_uuid(), ${organizationId}::uuid, (${departments}::uuid[])[1 + n % 20],
      (ARRAY['PERSON', 'COMPANY'])[1 + n % 2]::customer_kind,
      (ARRAY['LEAD', 'PROSPECT', 'ACTIVE', 'INACTIVE'])[1 + n % 4]::customer_status,
      'Name ' || md5(n::text), 'name ' || md5(n::text), 'm' || n || '@example.org', 'm' || n || '@example.org',
      'City ' || n % 500, 'city ' || n % 500, (ARRAY['RO', 'DE', 'FR'])[1 + n % 3],
      CASE WHEN n % 50 = 0 THEN ${ownerId}::uuid END, ARRAY['tag ' || n % 300, 'tag ' || n % 7],
      jsonb_build_object('f', n % 1000), 'name ' || md5(n::text) || ' m' || n || '@example.org city ' || n % 500,
      now() - n * interval '1 minute', gen_random_uuid(), now() - n * interval '1 second',
      CASE WHEN n % 100 = 0 THEN now() END
    FROM generate_series(1, ${many}) AS n`;
  const pool = createPool({ url: users.ownerUrl, max: 1 });
  await pool.query('VACUUM (ANALYZE) customers');
  await pool.end();
}, 120_000);
afterAll(() => users.stop());

interface Plan {
  'Node Type': string;
  'Actual Rows'?: number;
  Plans?: Plan[];
}

const nodesOf = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];

async function planOf(query: Prisma.Sql) {
  const [row] = await users.db.$queryRaw<{ 'QUERY PLAN': [{ Plan: Plan }] }[]>(
    Prisma.sql`EXPLAIN (ANALYZE, FORMAT JSON) ${query}`,
  );
  const [{ Plan: plan }] = row!['QUERY PLAN'];
  const scans = nodesOf(plan).filter(({ 'Node Type': type }) => type.includes('Scan'));
  return { kinds: scans.map((scan) => scan['Node Type']), rows: plan['Actual Rows'] ?? 0 };
}

const filters: Record<string, () => CustomerFilter> = {
  nothing: () => ({}),
  'a department': () => ({ departmentIds: [departments[3]!] }),
  'a kind': () => ({ kind: 'PERSON' }),
  states: () => ({ statuses: ['LEAD', 'ACTIVE'] }),
  'an owner': () => ({ ownerIds: [ownerId] }),
  'no owner': () => ({ isUnowned: true }),
  tags: () => ({ tags: ['tag 5', 'tag 250'] }),
  countries: () => ({ countryCodes: ['RO'] }),
  'a city': () => ({ city: 'city 7' }),
  'an address': () => ({ email: 'm777@example.org' }),
  'a time of creation': () => ({ createdFrom: new Date(Date.now() - 3_600_000) }),
  'a time of change': () => ({ updatedBefore: new Date(Date.now() - 90_000_000) }),
  'a custom field': () => ({ custom: { f: 7 } }),
};
const orders = (['NAME', 'CREATED_AT', 'UPDATED_AT'] as const).flatMap((field) =>
  (['ASC', 'DESC'] as const).map((direction) => ({ field, direction })),
);

describe(`a list of ${many} customers`, () => {
  const fitting = (filter: CustomerFilter, words: string[] = []) =>
    Prisma.join(
      [within(organizationId, { except: [] }), isThere, matching(filter), containing(words)],
      ' AND ',
    );

  it.each(Object.keys(filters))(
    'is read by an index when it is narrowed by %s, in every order',
    async (name) => {
      for (const order of orders) {
        const args = { first: 20 };
        const { kinds } = await planOf(pageQuery(fitting(filters[name]!()), pageOf(args, order), args));
        expect({ order, kinds: kinds.filter((kind) => kind === 'Seq Scan') }).toEqual({ order, kinds: [] });
        expect(kinds.length).toBeGreaterThan(0);
      }
    },
  );

  it.each([
    ['a rare word', ['m4711@']],
    ['two words', ['city 7', 'm4']],
    ['a short word', ['m4']],
    ['no match', ['qqqq']],
  ])('is read by an index when it is searched for %s', async (_name, words) => {
    for (const order of orders) {
      const args = { first: 20 };
      const { kinds } = await planOf(pageQuery(fitting({}, words), pageOf(args, order), args));
      expect({ order, kinds: kinds.filter((kind) => kind === 'Seq Scan') }).toEqual({ order, kinds: [] });
    }
  });

  it('goes on after a cursor without reading what is before it', async () => {
    for (const order of orders) {
      const [row] = await users.db.customer.findMany({
        where: { removedAt: null },
        skip: 50_000,
        take: 1,
        orderBy: { id: 'asc' },
      });
      const page = pageOf({ first: 20 }, order);
      const args = { first: 20, after: encodeCursor(row!, page.keys) };
      const { kinds, rows } = await planOf(pageQuery(fitting({}), pageOf(args, order), args));
      expect({ order, kinds }).toEqual({ order, kinds: [expect.stringMatching(/^Index (Only )?Scan$/)] });
      expect(rows).toBe(21);
    }
  });

  it('is read by an index for whoever reaches some departments, or all but some', async () => {
    for (const reach of [{ only: departments.slice(0, 2) }, { except: departments.slice(0, 2) }]) {
      const args = { first: 20 };
      const query = Prisma.sql`${within(organizationId, reach)} AND ${isThere}`;
      const { kinds } = await planOf(pageQuery(query, pageOf(args, null), args));
      expect(kinds).not.toContain('Seq Scan');
    }
  });

  it('is read by an index when it shows those that are removed', async () => {
    const args = { first: 20 };
    const page = parsePage(args, [
      { field: 'removedAt', direction: 'desc', type: 'date' },
      { field: 'id', direction: 'desc', type: 'uuid' },
    ]);
    const query = Prisma.sql`${within(organizationId, { except: [] })} AND removed_at IS NOT NULL AND merged_into_id IS NULL`;
    expect((await planOf(pageQuery(query, page, args))).kinds).not.toContain('Seq Scan');
  });
});
