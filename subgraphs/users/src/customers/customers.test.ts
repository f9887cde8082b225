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

describe('a list of customers', () => {
  async function scene() {
    const made = await office(['customers.read']);
    const { sales, other, clerk } = made;
    const say = (name: string, rest: object = {}) => users.given.customer(sales.id, { name, ...rest });
    const field = await users.given.customerField(made.id, 'NUMBER');
    await say('Zoë Müller', { city: 'Zürich', countryCode: 'CH', email: 'zoe@example.org', tags: ['press'] });
    await say('Ion Pop', {
      status: 'ACTIVE',
      ownerId: clerk.id,
      tags: ['press', 'vip'],
      custom: { [field.id]: 7 },
    });
    await say('100% Bio_Hof', { kind: 'COMPANY', phone: '+4930123456' });
    await users.given.customer(other.id, { name: 'Hidden', tags: ['press'] });
    const ask = async (variables: object) =>
      users.as(clerk.viewer).execute(list, { o: made.publicId, first: 10, ...variables });
    return { ...made, ask, field };
  }

  it('shows those of departments where the viewer may read, by name', async () => {
    const { ask, owner, publicId } = await scene();
    const answer = await ask({});
    expect(names(answer)).toEqual(['100% Bio_Hof', 'Ion Pop', 'Zoë Müller']);
    expect(answer.data.customers.totalCount).toBe(3);
    const all = await users.as(owner.viewer).execute(list, { o: publicId, first: 10 });
    expect(names(all)).toEqual(['100% Bio_Hof', 'Hidden', 'Ion Pop', 'Zoë Müller']);
  });

  it.each([
    ['tags, all of them', { tags: ['VIP', 'press'] }, ['Ion Pop']],
    ['a state', { statuses: ['ACTIVE', 'PROSPECT'] }, ['Ion Pop']],
    ['a city in any spelling', { city: 'zurich' }, ['Zoë Müller']],
    ['an address', { email: 'ZOE@example.org' }, ['Zoë Müller']],
    ['a country', { countryCodes: ['CH', 'RO'] }, ['Zoë Müller']],
    ['nobody to look after them', { isUnowned: true }, ['100% Bio_Hof', 'Zoë Müller']],
    ['an instant', { createdBefore: '2020-01-01T00:00:00.000Z' }, []],
    ['nothing', {}, ['100% Bio_Hof', 'Ion Pop', 'Zoë Müller']],
  ])('is narrowed by %s', async (_name, filter, expected) => {
    const { ask } = await scene();
    expect(names(await ask({ filter }))).toEqual(expected);
  });

  it('is narrowed by owner, department and custom fields', async () => {
    const { ask, clerk, other, field } = await scene();
    expect(names(await ask({ filter: { ownerIds: [clerk.publicId] } }))).toEqual(['Ion Pop']);
    expect(names(await ask({ filter: { departmentIds: [other.publicId] } }))).toEqual([]);
    const fieldId = field.publicId;
    expect(names(await ask({ filter: { customFields: [{ fieldId, number: 7 }] } }))).toEqual(['Ion Pop']);
    expect(names(await ask({ filter: { customFields: [{ fieldId, number: 8 }] } }))).toEqual([]);
    expect((await ask({ filter: { customFields: [{ fieldId }] } })).codes).toEqual(['INVALID_INPUT']);
  });

  it.each([
    ['zürich MULL', ['Zoë Müller']],
    ['zuri', ['Zoë Müller']],
    ['4930', ['100% Bio_Hof']],
    ['100%', ['100% Bio_Hof']],
    ['%', ['100% Bio_Hof']],
    ['_', ['100% Bio_Hof']],
    ['vip', ['Ion Pop']],
    ['pop zurich', []],
    ['  ', ['100% Bio_Hof', 'Ion Pop', 'Zoë Müller']],
  ])('finds %s', async (search, expected) => {
    const { ask } = await scene();
    expect(names(await ask({ search }))).toEqual(expected);
  });

  it.each([
    ['NAME', 'ASC'],
    ['NAME', 'DESC'],
    ['CREATED_AT', 'DESC'],
    ['UPDATED_AT', 'ASC'],
  ])(
    'is walked page by page by %s %s, in both directions, though many are alike',
    async (field, direction) => {
      const { owner, sales, publicId: o } = await office();
      for (const name of ['B', 'A', 'C', 'B', 'B']) await users.given.customer(sales.id, { name });
      const orderBy = { field, direction };
      const ask = (variables: object) =>
        users
          .as(owner.viewer)
          .execute(list.replace('nodes { name }', 'nodes { id name }'), { o, orderBy, ...variables });
      const all = (await ask({ first: 10 })).data.customers.nodes;
      const walked: object[] = [];
      let after: string | null = null;
      do {
        const { nodes, pageInfo }: any = (await ask({ first: 2, after })).data.customers;
        walked.push(...nodes);
        after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
      } while (after);
      expect(walked).toEqual(all);
      const back: object[] = [];
      let before: string | null = null;
      do {
        const { nodes, pageInfo }: any = (await ask({ last: 2, before })).data.customers;
        back.unshift(...nodes);
        before = pageInfo.hasPreviousPage ? pageInfo.startCursor : null;
      } while (before);
      expect(back).toEqual(all);
      expect((await ask({ first: 2, after: 'nonsense' })).codes).toEqual(['INVALID_INPUT']);
    },
  );

  it('takes as many statements for many customers as for few', async () => {
    const { owner, sales, other, publicId: o } = await office();
    const query = `query ($o: ID!, $first: Int) { customers(organizationId: $o, first: $first) {
      nodes { name owner { displayName } department { name } organization { name } customFields { text } } } }`;
    for (let index = 0; index < 6; index++)
      await users.given.customer([sales, other][index % 2]!.id, { ownerId: owner.id });
    const count = async (first: number) => {
      const before = users.statements();
      await users.as(owner.viewer).execute(query, { o, first });
      return users.statements() - before;
    };
    await count(1);
    expect(await count(6)).toBe(await count(1));
  });
});

describe('a custom field', () => {
  const make = `mutation ($input: CreateCustomerFieldInput!) { createCustomerField(input: $input) { field { id name type options version } userErrors { code path } } }`;
  const change = `mutation ($input: UpdateCustomerFieldInput!) { updateCustomerField(input: $input) { field { name options version } userErrors { code path } } }`;
  const remove = `mutation ($id: ID!) { removeCustomerField(input: { fieldId: $id }) { removedFieldId userErrors { code path } } }`;

  it('is made, changed and removed with its values by whoever may configure', async () => {
    const { owner, clerk, sales, publicId: organizationId, id } = await office();
    const input = {
      idempotencyKey: key(),
      organizationId,
      name: 'Size',
      type: 'CHOICE',
      options: ['S', 'M'],
    };
    expect((await users.as(clerk.viewer).execute(make, { input })).codes).toEqual(['FORBIDDEN']);
    const made = await users.as(owner.viewer).execute(make, { input });
    const field = made.data.createCustomerField.field;
    expect(field).toMatchObject({ name: 'Size', type: 'CHOICE', options: ['S', 'M'], version: 1 });
    expect(
      errorsOf(await users.as(owner.viewer).execute(make, { input: { ...input, idempotencyKey: key() } })),
    ).toEqual([{ code: 'CONFLICT', path: ['name'] }]);
    const update = { fieldId: field.id, expectedVersion: 1, options: ['L'] };
    const changed = await users.as(owner.viewer).execute(change, { input: update });
    expect(changed.data.updateCustomerField.field).toEqual({ name: 'Size', options: ['L'], version: 2 });
    expect(errorsOf(await users.as(owner.viewer).execute(change, { input: update }))).toMatchObject([
      { code: 'CONFLICT' },
    ]);
    const { id: fieldKey } = await users.db.customerField.findFirstOrThrow({ where: { organizationId: id } });
    const customer = await users.given.customer(sales.id, { custom: { [fieldKey]: 'L' } });
    expect(errorsOf(await users.as(owner.viewer).execute(remove, { id: field.id }))).toEqual([]);
    await users.runAdded({ name: 'forgetCustomerField' });
    expect((await users.db.customer.findUniqueOrThrow({ where: { id: customer.id } })).custom).toEqual({});
  });

  it('is one of fifty at most, however many are made at once', async () => {
    const { owner, publicId: organizationId, id } = await office();
    for (let index = 0; index < 48; index++) await users.given.customerField(id, 'TEXT');
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, index) =>
        users.as(owner.viewer).execute(make, {
          input: { idempotencyKey: key(), organizationId, name: `More ${index}`, type: 'TEXT' },
        }),
      ),
    );
    expect(answers.filter((answer) => errorsOf(answer).length === 0)).toHaveLength(2);
  });
});
