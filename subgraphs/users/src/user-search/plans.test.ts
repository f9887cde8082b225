import { createPool } from '@diaspora/kit';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { givenUsers } from '../testing/given.js';
import { userSearchFilter, type UserSearchFilter } from './rules.js';
import { searchStatement } from './service.js';

/** Names of 5,000 words, three countries that many live in and hundreds of few; one of a hundred kept out or unproved. */
const manyPeople = `
  CREATE FUNCTION pg_temp.word(n bigint) RETURNS text LANGUAGE sql IMMUTABLE
    RETURN translate(left(md5((n % 5000)::text), 8), '0123456789', 'ghijklmnop');
  INSERT INTO accounts (id, email, email_key, created_at, email_verified_at, suspended_at)
  SELECT md5(n::text)::uuid, pg_temp.word(n) || n || '@example.org', pg_temp.word(n) || n || '@example.org',
    timestamptz '2026-01-01' + n * interval '5 minutes',
    CASE WHEN n % 100 > 0 THEN timestamptz '2026-01-01' + n * interval '6 minutes' END,
    CASE WHEN n % 100 = 1 THEN timestamptz '2026-06-01' END
  FROM generate_series(1, 50000) AS n;
  INSERT INTO profiles (account_id, display_name, country_of_origin, country_of_residence, languages, domains, updated_at)
  SELECT md5(n::text)::uuid, initcap(pg_temp.word(n) || ' ' || pg_temp.word(n * 7)), 'RO',
    CASE WHEN n % 10 > 0 THEN (ARRAY['DE', 'IT', 'ES'])[1 + n % 3]
      ELSE chr((65 + n / 10 % 26)::int) || chr((65 + n / 260 % 26)::int) END,
    ARRAY['ro'], ARRAY[]::text[], now()
  FROM generate_series(1, 50000) AS n;
  VACUUM ANALYZE accounts;
  VACUUM ANALYZE profiles;`;

interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly Plans?: readonly Plan[];
}

const scansOf = (plan: Plan): string[] => [
  ...(plan['Node Type'] === 'Seq Scan' ? [plan['Relation Name'] ?? ''] : []),
  ...(plan.Plans ?? []).flatMap(scansOf),
];

describe('over 50,000 people', () => {
  let users: Awaited<ReturnType<typeof givenUsers>>;
  beforeAll(async () => {
    users = await givenUsers();
    const owner = createPool({ url: users.ownerUrl, max: 1 });
    for (const statement of manyPeople.split(/;\n/).filter((part) => part.trim()))
      await owner.query(statement);
    await owner.end();
  }, 120_000);
  afterAll(() => users.stop());

  const statementOf = (filter: Partial<UserSearchFilter>, args: object = { first: 50 }) =>
    searchStatement(userSearchFilter.parse(filter), args, new Date('2026-07-01T00:00:00.000Z'));

  async function plan(filter: Partial<UserSearchFilter>): Promise<Plan> {
    const { text, values } = statementOf(filter);
    const rows = await users.db.$queryRawUnsafe<{ 'QUERY PLAN': { Plan: Plan }[] }[]>(
      `EXPLAIN (FORMAT JSON) ${text}`,
      ...values,
    );
    return rows[0]!['QUERY PLAN'][0]!.Plan;
  }

  it.each<[string, Partial<UserSearchFilter>]>([
    ['nothing in particular', {}],
    ['an id', { accountId: '018f0000-0000-7000-8000-000000000000' }],
    ['part of an address', { email: 'cfcd20' }],
    ['the only address', { email: '49999@example' }],
    ['a word of the name', { name: 'cfcdioip' }],
    ['two words of the name', { name: 'cfcdioip cfcd' }],
    ['a country of many', { countryOfResidence: 'DE' }],
    ['a country of few', { countryOfResidence: 'QX' }],
    ['the suspended', { standings: ['SUSPENDED'] }],
    ['the terminated', { standings: ['TERMINATED'] }],
    ['the unproved', { standings: ['UNPROVED'] }],
    ['the active', { standings: ['ACTIVE'] }],
    ['a week', { registeredFrom: new Date('2026-02-01'), registeredUntil: new Date('2026-02-08') }],
    ['all at once', { name: 'cfcdioip', countryOfResidence: 'DE', standings: ['ACTIVE'], email: 'example' }],
  ])('finds %s by an index', async (_name, filter) => {
    expect(scansOf(await plan(filter))).toEqual([]);
  });

  it('would read all of it without them', async () => {
    const [, rows] = await users.db.$transaction([
      users.db.$executeRaw`SET LOCAL enable_bitmapscan = off`,
      users.db.$queryRawUnsafe<{ 'QUERY PLAN': { Plan: Plan }[] }[]>(
        `EXPLAIN (FORMAT JSON) ${statementOf({ name: 'cfcdioip' }).text}`,
        ...statementOf({ name: 'cfcdioip' }).values,
      ),
    ]);
    expect(scansOf(rows[0]!['QUERY PLAN'][0]!.Plan)).not.toEqual([]);
  });
});
