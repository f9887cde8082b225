import { auditLines } from '@diaspora/kit/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { forgetOutlived } from '../jobs.js';
import { givenUsers } from '../testing/given.js';

const shown = `id kind status name email phone website address { street postalCode city countryCode } owner { id }
  tags customFields { field { name } text number date isTrue } department { name } version removedAt`;
const create = `mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) { customer { ${shown} } userErrors { code path message } } }`;
const update = `mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) { customer { ${shown} } userErrors { code path message } } }`;
const command = (name: string, payload = 'customer { id removedAt }') =>
  `mutation ($id: ID!) { ${name}(input: { customerId: $id }) { ${payload} userErrors { code path } } }`;
const list = `query ($o: ID!, $filter: CustomerFilter, $search: String, $orderBy: CustomerOrder, $first: Int, $after: String, $last: Int, $before: String) {
  customers(organizationId: $o, filter: $filter, search: $search, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
    nodes { name } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount } }`;

let users: Awaited<ReturnType<typeof givenUsers>>;
let keys = 0;
const key = () => `key-${++keys}`;
beforeAll(async () => {
  users = await givenUsers();
});
afterAll(() => users.stop());

const office = (actions?: string[]) => users.given.office(users.given.person, actions);
const errorsOf = ({ data }: { data: any }) => Object.values<any>(data)[0].userErrors;
const names = ({ data }: { data: any }) => data.customers.nodes.map(({ name }: { name: string }) => name);

describe('a customer', () => {
  it('is kept with all that is said of it, once for a repeated call', async () => {
    const { clerk, sales, id: organizationId } = await office();
    const field = await users.given.customerField(organizationId, 'DATE');
    const input = {
      ...{ idempotencyKey: key(), departmentId: sales.publicId, kind: 'PERSON', name: ' Ana Pop ' },
      ...{ email: 'Ana@Example.org', phone: '+40211234567', website: 'https://ana.example/' },
      ...{ address: { city: 'București', countryCode: 'RO' }, ownerId: clerk.publicId },
      ...{ tags: ['VIP', 'vip', 'Press'], customFields: [{ fieldId: field.publicId, date: '2026-03-01' }] },
    };
    const first = await users.as(clerk.viewer).execute(create, { input });
    expect(first.data.createCustomer).toMatchObject({
      customer: {
        ...{ kind: 'PERSON', status: 'LEAD', name: 'Ana Pop', email: 'Ana@Example.org', version: 1 },
        ...{ phone: '+40211234567', website: 'https://ana.example/', owner: { id: clerk.publicId } },
        address: { street: null, postalCode: null, city: 'București', countryCode: 'RO' },
        ...{ tags: ['press', 'vip'], department: { name: sales.name } },
        customFields: [{ field: { name: field.name }, date: '2026-03-01', text: null, number: null }],
      },
      userErrors: [],
    });
    expect((await users.as(clerk.viewer).execute(create, { input })).data).toEqual(first.data);
    expect(await users.db.customer.count({ where: { organizationId } })).toBe(1);
    const lines = await auditLines(users.db, first.data.createCustomer.customer.id);
    expect(lines).toMatchObject([
      { action: 'customer.created', after: { name: 'Ana Pop', tags: ['press', 'vip'] } },
    ]);
  });

  it('changes by the version that is known: null clears, absent keeps', async () => {
    const { clerk, sales, id } = await office();
    const [number, choice] = [
      await users.given.customerField(id, 'NUMBER'),
      await users.given.customerField(id, 'CHOICE', ['a', 'b']),
    ];
    const custom = { [number.id]: 5, [choice.id]: 'a' };
    const customer = await users.given.customer(sales.id, { email: 'x@example.org', city: 'Iași', custom });
    const input = {
      ...{ customerId: customer.publicId, expectedVersion: 1, email: null, status: 'ACTIVE' },
      address: { street: 'Str. Lungă 1' },
      customFields: [{ fieldId: number.publicId }, { fieldId: choice.publicId, text: 'b' }],
    };
    const changed = await users.as(clerk.viewer).execute(update, { input });
    expect(changed.data.updateCustomer.customer).toMatchObject({
      ...{ email: null, status: 'ACTIVE', name: customer.name, version: 2 },
      address: { street: 'Str. Lungă 1', city: 'Iași' },
      customFields: [{ field: { name: choice.name }, text: 'b' }],
    });
    const stale = await users.as(clerk.viewer).execute(update, { input: { ...input, status: 'LEAD' } });
    expect(stale.data.updateCustomer).toMatchObject({
      customer: { status: 'ACTIVE', version: 2 },
      userErrors: [{ code: 'CONFLICT', path: ['expectedVersion'] }],
    });
    const [line] = await auditLines(users.db, customer.publicId);
    expect(line).toMatchObject({
      action: 'customer.changed',
      before: { email: 'x@example.org', status: 'LEAD', custom },
      after: { email: null, status: 'ACTIVE', custom: { [choice.id]: 'b' } },
    });
    const history = await users.db.customerActivity.findMany({ where: { customerId: customer.id } });
    expect(history).toMatchObject([
      { kind: 'UPDATED', actorId: clerk.id, fields: ['status', 'email', 'street', 'custom'] },
    ]);
  });

  it('is changed by one of many who know the same version', async () => {
    const { clerk, sales } = await office();
    const customer = await users.given.customer(sales.id);
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, index) =>
        users.as(clerk.viewer).execute(update, {
          input: { customerId: customer.publicId, expectedVersion: 1, name: `Name ${index}` },
        }),
      ),
    );
    expect(answers.filter((answer) => errorsOf(answer).length === 0)).toHaveLength(1);
    expect((await users.db.customer.findUniqueOrThrow({ where: { id: customer.id } })).version).toBe(2);
  });

  it.each([
    ['a place that is no department', { departmentId: 'root' }, ['departmentId']],
    ['an owner who is no member', { ownerId: 'stranger' }, ['ownerId']],
    ['a name that nobody sees', { name: '\u200b' }, ['name']],
    ['a web site that is none', { website: 'javascript:alert(1)' }, ['website']],
    ['too many tags', { tags: Array.from({ length: 21 }, (_, index) => `t${index}`) }, ['tags']],
    ['a value of another type', { customFields: [{ text: 'x' }] }, ['customFields']],
    ['an option that is none', { customFields: [{ text: 'z', choice: true }] }, ['customFields']],
  ])('is refused with %s', async (_name, change: Record<string, unknown>, path) => {
    const { owner, sales, rootId, id } = await office();
    const stranger = await users.given.person();
    const known: Record<string, string> = { root: rootId, stranger: stranger.publicId };
    const [number, choice] = [
      await users.given.customerField(id, 'NUMBER'),
      await users.given.customerField(id, 'CHOICE', ['a']),
    ];
    const values = change['customFields'] as { text: string; choice?: boolean }[] | undefined;
    const input = {
      ...{ idempotencyKey: key(), departmentId: sales.publicId, kind: 'COMPANY', name: 'A' },
      ...Object.fromEntries(
        Object.entries(change).map(([name, value]) => [name, known[value as string] ?? value]),
      ),
      ...(values && {
        customFields: values.map(({ text, choice: is }) => ({
          text,
          fieldId: (is ? choice : number).publicId,
        })),
      }),
    };
    const answer = await users.as(owner.viewer).execute(create, { input });
    expect(errorsOf(answer)).toMatchObject([{ code: 'INVALID_INPUT', path }]);
    expect(await users.db.customer.count({ where: { organizationId: id } })).toBe(0);
  });

  it('moves to a department only where the viewer may write, and never to another organization', async () => {
    const { clerk, membership, sales, other } = await office();
    const elsewhere = await users.given.office(users.given.person);
    const foreign = await users.given.member(elsewhere, clerk);
    await users.given.grant(foreign, elsewhere.sales.id, 'customers.write');
    const customer = await users.given.customer(sales.id);
    const move = (departmentId: string) =>
      users.as(clerk.viewer).execute(update, {
        input: { customerId: customer.publicId, expectedVersion: 1, departmentId },
      });
    expect((await move(other.publicId)).codes).toEqual(['FORBIDDEN']);
    expect(errorsOf(await move(elsewhere.sales.publicId))).toMatchObject([{ code: 'INVALID_INPUT' }]);
    await users.given.grant(membership, other.id, 'customers.write');
    await users.given.grant(membership, other.id, 'customers.read');
    expect((await move(other.publicId)).data.updateCustomer.customer.department.name).toBe(other.name);
  });

  it('keeps its department from being removed', async () => {
    const { owner, sales } = await office();
    const customer = await users.given.customer(sales.id);
    const remove = `mutation ($id: ID!) { removeOrganizationNode(input: { nodeId: $id }) { userErrors { code } } }`;
    const answer = () => users.as(owner.viewer).execute(remove, { id: sales.publicId });
    expect(errorsOf(await answer())).toEqual([{ code: 'CONFLICT' }]);
    await users
      .as(owner.viewer)
      .execute(command('eraseCustomer', 'erasedCustomerId'), { id: customer.publicId });
    expect(errorsOf(await answer())).toEqual([]);
  });
});

describe('a customer that is removed', () => {
  const removed = `query ($o: ID!) { removedCustomers(organizationId: $o, first: 5) { nodes { id } totalCount } }`;

  it('is out of sight, and comes back', async () => {
    const { owner, clerk, sales, publicId: o } = await office();
    const customer = await users.given.customer(sales.id);
    const id = customer.publicId;
    expect((await users.as(clerk.viewer).execute(command('removeCustomer'), { id })).codes).toEqual([
      'FORBIDDEN',
    ]);
    await users.as(owner.viewer).execute(command('removeCustomer'), { id });
    expect(names(await users.as(clerk.viewer).execute(list, { o, first: 5 }))).toEqual([]);
    expect(
      (await users.as(clerk.viewer).execute('query ($id: ID!) { customer(id: $id) { id } }', { id })).data,
    ).toEqual({
      customer: null,
    });
    expect((await users.as(clerk.viewer).execute(removed, { o })).data.removedCustomers.nodes).toEqual([]);
    expect((await users.as(owner.viewer).execute(removed, { o })).data.removedCustomers).toEqual({
      nodes: [{ id }],
      totalCount: 1,
    });
    const back = await users.as(owner.viewer).execute(command('restoreCustomer'), { id });
    expect(back.data.restoreCustomer).toEqual({ customer: { id, removedAt: null }, userErrors: [] });
    expect(names(await users.as(clerk.viewer).execute(list, { o, first: 5 }))).toEqual([customer.name]);
  });

  const detailsWith = async (words: string) => {
    const [row] = await users.db.$queryRaw<{ count: number }[]>`
      SELECT count(*)::int AS count FROM audit_details WHERE data::text LIKE ${`%${words}%`}`;
    return row!.count;
  };

  it('goes thirty days later, with what the audit trail kept of it', async () => {
    const { owner, sales } = await office();
    const [early, late] = [await users.given.customer(sales.id), await users.given.customer(sales.id)];
    await users.as(owner.viewer).execute(update, {
      input: { customerId: early.publicId, expectedVersion: 1, email: 'secret@example.org' },
    });
    await users.as(owner.viewer).execute(command('removeCustomer'), { id: early.publicId });
    await users.keepAudit();
    expect(await detailsWith('secret@example.org')).toBe(1);
    users.clock.advance(29 * 86_400_000);
    await users.as(owner.viewer).execute(command('removeCustomer'), { id: late.publicId });
    await users.run(forgetOutlived, {});
    expect(await users.db.customer.count({ where: { id: early.id } })).toBe(1);
    users.clock.advance(2 * 86_400_000);
    await users.run(forgetOutlived, {});
    expect(await users.db.customer.findMany({ where: { id: { in: [early.id, late.id] } } })).toMatchObject([
      { id: late.id },
    ]);
    expect(await detailsWith('secret@example.org')).toBe(0);
  });
});

it('goes with its organization, and so does what the audit trail kept of it', async () => {
  const { owner, sales, publicId } = await office();
  const customer = await users.given.customer(sales.id);
  await users.as(owner.viewer).execute(update, {
    input: { customerId: customer.publicId, expectedVersion: 1, email: 'closed@example.org' },
  });
  await users
    .as(owner.viewer)
    .execute(
      `mutation ($id: ID!) { closeOrganization(input: { organizationId: $id }) { userErrors { code } } }`,
      { id: publicId },
    );
  await users.keepAudit();
  users.clock.advance(31 * 86_400_000);
  await users.run(forgetOutlived, {});
  expect(await users.db.customer.count({ where: { id: customer.id } })).toBe(0);
  const [row] = await users.db.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count FROM audit_details WHERE data::text LIKE '%closed@example.org%'`;
  expect(row!.count).toBe(0);
});
