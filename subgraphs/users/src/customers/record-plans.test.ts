import { createPool } from '@diaspora/kit';
import { recordStatements } from '@diaspora/kit/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Prisma } from '../database.js';
import { importManyCustomers } from '../customer-imports/definition.js';
import { customerImportIds } from '../ids.js';
import { givenUsers } from '../testing/given.js';

const size = 20_000;

let users: Awaited<ReturnType<typeof givenUsers>>;
let statements: ReturnType<typeof recordStatements>;
let scene: Awaited<ReturnType<typeof users.given.office>>;
let customerId: string;
let importId: string;
beforeAll(async () => {
  users = await givenUsers();
  statements = recordStatements(users.pool);
  scene = await users.given.office(users.given.person);
  const customer = await users.given.customer(scene.sales.id);
  const job = customerImportIds.create();
  await fill(customer.id, job);
  [customerId, importId] = [customer.publicId, customerImportIds.encode(job)];
  const admin = createPool({ url: users.database.adminUrl, max: 1 });
  await admin.query('VACUUM ANALYZE');
  await admin.end();
});
afterAll(() => users.stop());

/** 500 customers in two departments, `customer` among them, with forty records of each kind; and the reports of 200 imports. */
async function fill(customer: string, job: string): Promise<void> {
  const { db } = users;
  const { id: organization, sales, other, clerk } = scene;
  const input = { organizationId: organization, departmentId: sales.id, uploadId: job, isDryRun: true };
  const numbered = Prisma.sql`
    (SELECT n, now() - n * interval '1 minute' AS at, md5('j' || n % 200)::uuid AS job,
       CASE WHEN n % 500 = 0 THEN ${customer}::uuid ELSE md5('c' || n % 500)::uuid END AS customer
     FROM generate_series(1, ${size}::int) AS n) AS numbered`;
  await db.$executeRaw`
    INSERT INTO customers (id, organization_id, department_id, kind, name, name_key, search_text, created_at, created_by_id,
      updated_at)
    SELECT md5('c' || n)::uuid, ${organization}::uuid, (ARRAY[${sales.id}, ${other.id}]::uuid[])[1 + n % 2], 'PERSON',
      'N' || n, 'n' || n, 'n', now(), ${clerk.id}::uuid, now() FROM generate_series(1, 499) AS n`;
  await db.$executeRaw`
    INSERT INTO customer_notes (id, customer_id, author_id, text, created_at, updated_at)
    SELECT gen_random_uuid(), customer, ${clerk.id}::uuid, 'A note', at, at FROM ${numbered}`;
  await db.$executeRaw`
    INSERT INTO customer_tasks (id, organization_id, customer_id, title, due_at, assignee_id, done_at, created_at, created_by_id)
    SELECT gen_random_uuid(), ${organization}::uuid, customer, 'A task', at, CASE WHEN n % 50 = 0 THEN ${clerk.id}::uuid END,
      CASE WHEN n % 3 = 0 THEN at END, at, ${clerk.id}::uuid FROM ${numbered}`;
  await db.$executeRaw`
    INSERT INTO customer_activities (id, customer_id, kind, actor_id, happened_at)
    SELECT gen_random_uuid(), customer, 'UPDATED', ${clerk.id}::uuid, at FROM ${numbered}`;
  await db.$executeRaw`
    INSERT INTO customer_merges (id, survivor_id, merged_id, before, after, merged_at, merged_by_id)
    SELECT gen_random_uuid(), customer, md5('c' || 1 + n * 7 % 499)::uuid, '{}', '{}', at, ${clerk.id}::uuid FROM ${numbered}`;
  await db.$executeRaw`
    INSERT INTO kit.long_jobs (id, kind, owner_id, input, status, created_at, finished_at)
    SELECT CASE WHEN n = 1 THEN ${job}::uuid ELSE gen_random_uuid() END, ${importManyCustomers.name},
      CASE WHEN n % 100 = 1 THEN ${clerk.id}::uuid ELSE gen_random_uuid() END,
      ${{ ...input, faultyRows: 'LEAVE_OUT', allowDuplicates: true }}, 'FAILED', at, at FROM ${numbered}`;
  await db.$executeRaw`
    INSERT INTO customer_import_rows (job_id, row, fault)
    SELECT CASE WHEN n % 200 = 0 THEN ${job}::uuid ELSE job END, n, 'must be an e-mail address' FROM ${numbered}`;
}

const tasks = `query ($of: ID!, $filter: CustomerTaskFilter, $after: String) {
  customerTasks(organizationId: $of, filter: $filter, first: 20, after: $after) { nodes { id } pageInfo { endCursor } } }`;
const one = (list: string) => `query ($id: ID!, $after: String) {
  customer(id: $id) { ${list}(first: 20, after: $after) { nodes { id } pageInfo { endCursor } } } }`;
const many = (fields: string) => `query ($of: ID!) {
  customers(organizationId: $of, first: 20) { nodes { ${fields} } } }`;
const report = `query ($id: ID!) { customerImport(id: $id) { faultCount faults(first: 20) { nodes { row } } } }`;

describe(`${size} records of customers`, () => {
  const ask = (query: string, variables: object) =>
    users.as(scene.clerk.viewer).execute(query, { ...variables });

  /** How what is sent for an answer reads a table. */
  async function plansOf(table: string, query: string, variables: object): Promise<string> {
    const sent = await statements.during(async () => expect((await ask(query, variables)).codes).toEqual([]));
    const reading = sent.filter(({ text }) => text.includes(table));
    const plans = [];
    for (const statement of reading) plans.push(await statements.explain(statement));
    return plans.join('\n');
  }

  it.each<[string, object | (() => object), RegExp]>([
    ['to be done', {}, /customer_tasks_to_be_done/],
    ['that are due', { dueBefore: new Date().toISOString() }, /customer_tasks_to_be_done/],
    ['that are done', { isDone: true }, /customer_tasks_done/],
    ['of a member', () => ({ assigneeId: scene.clerk.publicId }), /customer_tasks_of_member/],
  ])('are read by an index: tasks %s, from the first page on', async (_name, given, index) => {
    const filter = typeof given === 'function' ? (given as () => object)() : given;
    const variables = { of: scene.publicId, filter };
    const { data } = await ask(tasks, variables);
    expect(data.customerTasks.nodes).toHaveLength(20);
    const { endCursor: after } = data.customerTasks.pageInfo;
    for (const page of [variables, { ...variables, after }]) {
      const plan = await plansOf('customer_tasks', tasks, page);
      expect(plan).toMatch(index);
      expect(plan).not.toContain('Seq Scan on customer_tasks');
    }
  });

  it.each([
    ['notes', 'customer_notes', 'customer_notes_customer_id_created_at_id_idx'],
    ['tasks', 'customer_tasks', 'customer_tasks_customer_id_due_at_id_idx'],
    ['activities', 'customer_activities', 'customer_activities_customer_id_happened_at_id_idx'],
  ])(
    'are read by an index: %s of one customer, from the first page on, and of many',
    async (list, table, index) => {
      const { data } = await ask(one(list), { id: customerId });
      expect(data.customer[list].nodes).toHaveLength(20);
      const { endCursor: after } = data.customer[list].pageInfo;
      const plans = [
        await plansOf(table, one(list), { id: customerId }),
        await plansOf(table, one(list), { id: customerId, after }),
        await plansOf(table, many(`${list}(first: 5) { nodes { id } }`), { of: scene.publicId }),
      ];
      for (const plan of plans) {
        expect(plan).toContain(index);
        expect(plan).not.toContain(`Seq Scan on ${table}`);
      }
    },
  );

  it('are read by an index: merges of many customers', async () => {
    const plan = await plansOf('customer_merges', many('merges { id }'), { of: scene.publicId });
    expect(plan).toContain('customer_merges_survivor_id_merged_at_idx');
    expect(plan).not.toContain('Seq Scan on customer_merges');
  });

  it('are read by an index: a job of one’s own, and its report', async () => {
    const { data } = await ask(report, { id: importId });
    expect(data.customerImport).toMatchObject({ faultCount: 100, faults: { nodes: { length: 20 } } });
    expect(await plansOf('long_jobs', report, { id: importId })).toContain('long_jobs_pkey');
    const plan = await plansOf('customer_import_rows', report, { id: importId });
    expect(plan).toContain('customer_import_rows_pkey');
    expect(plan).not.toContain('Seq Scan on customer_import_rows');
  });
});
