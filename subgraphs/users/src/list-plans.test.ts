import { createPool } from '@diaspora/kit';
import { recordStatements } from '@diaspora/kit/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Prisma } from './database.js';
import { forgetOutlived } from './jobs.js';
import { givenUsers } from './testing/given.js';

const size = 20_000;

let users: Awaited<ReturnType<typeof givenUsers>>;
let statements: ReturnType<typeof recordStatements>;
let chief: Awaited<ReturnType<typeof users.given.person>>;
let other: typeof chief;
let organization: Awaited<ReturnType<typeof users.given.organization>>;
beforeAll(async () => {
  users = await givenUsers();
  statements = recordStatements(users.pool);
  chief = await users.given.person({ isSuperUser: true });
  other = await users.given.person();
  organization = await users.given.organization(chief);
  await fill();
  const admin = createPool({ url: users.database.adminUrl, max: 1 });
  await admin.query('VACUUM ANALYZE');
  await admin.end();
});
afterAll(() => users.stop());

/** A hundred organizations with as many members, invitations and customers, and what super users look through. */
async function fill(): Promise<void> {
  const { db } = users;
  const by = Prisma.sql`${chief.id}::uuid`;
  const numbered = Prisma.sql`
    (SELECT n, gen_random_uuid() AS id, now() - n * interval '1 minute' AS at,
       CASE WHEN n % 100 = 0 THEN ${organization.id}::uuid ELSE md5('o' || n % 100)::uuid END AS organization
     FROM generate_series(1, ${size}::int) AS n) AS numbered`;
  await db.$executeRaw`
    INSERT INTO organizations (id, name, created_at, created_by_id)
    SELECT md5('o' || n)::uuid, 'O' || n, now(), ${by} FROM generate_series(1, 99) AS n`;
  await db.$executeRaw`
    INSERT INTO organization_members (id, organization_id, user_id, joined_at)
    SELECT id, organization, gen_random_uuid(), at FROM ${numbered}`;
  await db.$executeRaw`
    INSERT INTO organization_invitations (id, organization_id, user_id, invited_by_id, created_at, expires_at)
    SELECT id, organization, gen_random_uuid(), ${by}, at, now() + interval '20 days' FROM ${numbered}`;
  const department = (await users.given.node(organization.id)).id;
  await db.$executeRaw`
    INSERT INTO customers (id, organization_id, department_id, kind, name, name_key, search_text, created_at, created_by_id,
      updated_at, removed_at)
    SELECT id, organization, ${department}::uuid, 'PERSON', 'N', 'n', 'n', at, ${by}, at, CASE WHEN n % 100 = 0 THEN now() END
    FROM ${numbered}`;
  await db.$executeRaw`
    INSERT INTO office_applications (id, role, applicant_id, country_code, motivation, status, created_at)
    SELECT id, 'AMBASSADOR', CASE WHEN n % 500 = 0 THEN ${by} ELSE gen_random_uuid() END,
      (ARRAY['DE', 'FR', 'IT'])[1 + n % 3], 'Me.', 'WITHDRAWN', at FROM ${numbered}`;
  await db.$executeRaw`
    INSERT INTO offices (id, role, holder_id, country_code, appointer_id, starts_at, ended_at, end_cause)
    SELECT id, 'AMBASSADOR', ${by}, CASE WHEN n % 50 = 0 THEN 'DE' ELSE 'FR' END, gen_random_uuid(), at, now(), 'REVOKED' FROM ${numbered}`;
  await db.$executeRaw`
    INSERT INTO erasures (id, person_id, created_at, ends_at, due_at, cancelled_at)
    SELECT id, gen_random_uuid(), at, at, at, at FROM ${numbered}`;
  await db.$executeRaw`
    INSERT INTO super_user_changes (id, kind, account_id, proposer_id, reason, status, created_at, expires_at)
    SELECT id, 'GRANT', gen_random_uuid(), ${by}, 'So.', 'WITHDRAWN', at, at FROM ${numbered}`;
  await db.$executeRaw`
    INSERT INTO factor_resets (id, account_id, opened_by, needs_two, reason, status, opened_at, due_at, ended_at)
    SELECT id, ${other.id}::uuid, ${by}, false, 'So.',
      (CASE WHEN n % 200 = 0 THEN 'VOID' ELSE 'DONE' END)::factor_reset_status, at, at, at FROM ${numbered}`;
}

const page = '(first: 20) { nodes { id } }';
const lists: [string, () => string, table: string, index: string][] = [
  [
    'members of an organization',
    () => `{ organization(id: "${organization.publicId}") { members${page} } }`,
    'organization_members',
    'organization_members_organization_id_id_idx',
  ],
  [
    'invitations to an organization',
    () => `{ organization(id: "${organization.publicId}") { invitations${page} } }`,
    'organization_invitations',
    'organization_invitations_organization_id_id_idx',
  ],
  [
    'applications for offices',
    () => `{ officeApplications${page} }`,
    'office_applications',
    'office_applications_created_at_id_idx',
  ],
  [
    'applications of one’s own',
    () => `{ viewerOfficeApplications${page} }`,
    'office_applications',
    'office_applications_applicant_id_created_at_id_idx',
  ],
  [
    'former offices of a country',
    () => '{ offices(countryCode: "DE", status: ENDED, first: 20) { nodes { id } } }',
    'offices',
    'offices_country_code',
  ],
  ['erasures', () => `{ erasures${page} }`, 'erasures', 'erasures_created_at_id_idx'],
  [
    'changes of super users',
    () => `{ superUserChanges${page} }`,
    'super_user_changes',
    'super_user_changes_created_at_id_idx',
  ],
  [
    'resets of second factors',
    () => `{ factorResets${page} }`,
    'factor_resets',
    'factor_resets_opened_at_id_idx',
  ],
  [
    'resets of second factors of one status',
    () => `{ factorResets${page.replace('(', '(status: VOID, ')} }`,
    'factor_resets',
    'factor_resets_status_opened_at_id_idx',
  ],
];

describe(`among ${size} rows`, () => {
  /** How what is sent meanwhile reads a table. */
  async function plansOf(table: string, work: () => Promise<unknown>): Promise<string> {
    const sent = await statements.during(work);
    const reading = sent.filter(({ text }) => new RegExp(`\\b${table}\\b`).test(text));
    const plans = [];
    for (const statement of reading) plans.push(await statements.explain(statement));
    return plans.join('\n');
  }

  it('are read by indexes: customers who go each night', async () => {
    const plans = await plansOf('customers', () => users.run(forgetOutlived, {}));
    for (const index of ['customers_to_forget', 'customers_organization_id_idx'])
      expect(plans).toContain(index);
    expect(plans).not.toContain('Seq Scan on customers');
  });

  it.each(lists)('are read by an index: %s', async (_name, query, table, index) => {
    const plans = await plansOf(table, async () => {
      const { data, codes } = await users.as(chief.viewer).execute(query());
      expect(codes).toEqual([]);
      expect(JSON.stringify(data).match(/"id"/g)).toHaveLength(20);
    });
    expect(plans).toContain(index);
    expect(plans).not.toContain(`Seq Scan on ${table}`);
  });
});
