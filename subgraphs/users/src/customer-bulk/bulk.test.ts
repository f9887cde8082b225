import { auditLines } from '@diaspora/kit/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { givenUsers } from '../testing/given.js';
import { changeManyCustomers } from './rules.js';

const job = `id status progress { done total unit } error { code } changedCount`;
const change = `mutation ($input: ChangeCustomersInput!) { changeCustomers(input: $input) { change { ${job} } userErrors { code path } } }`;
const remove = `mutation ($input: RemoveCustomersInput!) { removeCustomers(input: $input) { change { ${job} } userErrors { code path } } }`;
const cancel = `mutation ($id: ID!) { cancelCustomerBulkChange(input: { changeId: $id }) { change { status } userErrors { code path } } }`;
const watch = `query ($id: ID!) { customerBulkChange(id: $id) { ${job} } }`;

let users: Awaited<ReturnType<typeof givenUsers>>;
let keys = 0;
const key = () => `key-${++keys}`;
beforeAll(async () => {
  users = await givenUsers();
});
afterAll(() => users.stop());

const errorsOf = ({ data }: { data: any }) => Object.values<any>(data)[0].userErrors;

async function scene(count = 3) {
  const made = await users.given.office(users.given.person, [
    ...['customers.read', 'customers.write', 'customers.delete'],
  ]);
  for (let index = 0; index < count; index++)
    await users.given.customer(made.sales.id, { name: `Lead ${index}`, tags: ['old'] });
  await users.given.customer(made.sales.id, { name: 'Active', status: 'ACTIVE' });
  await users.given.customer(made.other.id, { name: 'Hidden' });
  const as = users.as(made.clerk.viewer);
  const begin = (document: string, input: object) =>
    as.execute(document, {
      input: {
        idempotencyKey: key(),
        organizationId: made.publicId,
        filter: { statuses: ['LEAD'] },
        ...input,
      },
    });
  const run = async (document: string, input: object = {}) => {
    const { data } = await begin(document, input);
    await users.runAdded(changeManyCustomers);
    const { id } = Object.values<any>(data)[0].change;
    return (await as.execute(watch, { id })).data.customerBulkChange;
  };
  const customers = () =>
    users.db.customer.findMany({ where: { organizationId: made.id }, orderBy: { nameKey: 'asc' } });
  return { ...made, as, begin, run, customers };
}

describe('a change of many customers', () => {
  it('changes those that fit where the viewer may write, once each, with their history', async () => {
    const { run, customers, clerk, id } = await scene();
    const set = { status: 'PROSPECT', ownerId: clerk.publicId, addTags: ['New'], removeTags: ['old'] };
    expect(await run(change, { set })).toMatchObject({
      ...{ status: 'SUCCEEDED', changedCount: 3, progress: { done: 3, total: 3, unit: 'customers' } },
    });
    const rows = await customers();
    expect(
      rows.map(({ name, status, ownerId, tags, version }) => [name, status, ownerId, tags, version]),
    ).toEqual([
      ['Active', 'ACTIVE', null, [], 1],
      ['Hidden', 'LEAD', null, [], 1],
      ...['Lead 0', 'Lead 1', 'Lead 2'].map((name) => [name, 'PROSPECT', clerk.id, ['new'], 2]),
    ]);
    expect(rows[2]!.searchText).toContain('new');
    const history = await users.db.customerActivity.findMany({ where: { customer: { organizationId: id } } });
    expect(history.map(({ kind, fields }) => [kind, fields])).toEqual(
      Array(3).fill(['UPDATED', ['status', 'ownerId', 'tags']]),
    );
  });

  it('does not count those that were as wanted', async () => {
    const { run } = await scene();
    const filter = { tags: ['old'] };
    expect(await run(change, { filter, set: { status: 'LEAD' } })).toMatchObject({ changedCount: 0 });
  });

  it('goes step by step through more than one step', async () => {
    const { run, customers } = await scene(2);
    const { organizationId, departmentId } = (await customers()).find(({ name }) => name === 'Lead 0')!;
    await users.db.$executeRaw`
      INSERT INTO customers (id, organization_id, department_id, kind, name, name_key, search_text, created_at,
        created_by_id, updated_at)
      SELECT gen_random_uuid(), ${organizationId}::uuid, ${departmentId}::uuid, 'PERSON', 'N', 'n', 'n', now(),
        gen_random_uuid(), now() FROM generate_series(1, 1200)`;
    expect(await run(change, { set: { status: 'INACTIVE' } })).toMatchObject({
      ...{ changedCount: 1_202, progress: { done: 1_202, total: 1_202 } },
    });
  });

  it('moves to a department where the viewer may write, and to no other', async () => {
    const { run, begin, other, membership, customers } = await scene(1);
    const set = { departmentId: other.publicId };
    expect((await begin(change, { set })).codes).toEqual(['FORBIDDEN']);
    await users.given.grant(membership, other.id, 'customers.write');
    expect(await run(change, { filter: { tags: ['old'] }, set })).toMatchObject({ changedCount: 1 });
    expect((await customers()).find(({ name }) => name === 'Lead 0')!.departmentId).toBe(other.id);
  });

  it('ends when the right to it ends, and leaves the rest as it was', async () => {
    const { begin, as, membership, customers } = await scene();
    const { id } = (await begin(change, { set: { status: 'ACTIVE' } })).data.changeCustomers.change;
    await users.db.organizationMember.delete({ where: { id: membership.id } });
    await users.db.$executeRaw`UPDATE organizations SET stamp = gen_random_uuid()`;
    await users.runAdded(changeManyCustomers);
    const ended = (await as.execute(watch, { id })).data.customerBulkChange;
    expect(ended).toMatchObject({ status: 'FAILED', error: { code: 'NOT_FOUND' } });
    expect((await customers()).filter(({ status }) => status === 'ACTIVE')).toHaveLength(1);
  });

  it.each([
    ['is suspended', () => ({ suspendedAt: users.clock.now() })],
    ['was erased', () => ({ erasedAt: users.clock.now(), emailVerifiedAt: null })],
  ])('ends when whoever began it %s', async (_how, standing) => {
    const { begin, as, clerk, customers } = await scene();
    const { id } = (await begin(change, { set: { status: 'ACTIVE' } })).data.changeCustomers.change;
    await users.db.account.update({ where: { id: clerk.id }, data: standing() });
    await users.runAdded(changeManyCustomers);
    const ended = (await as.execute(watch, { id })).data.customerBulkChange;
    expect(ended).toMatchObject({ status: 'FAILED', error: { code: 'FORBIDDEN' } });
    expect((await customers()).filter(({ status }) => status === 'ACTIVE')).toHaveLength(1);
  });

  it('is stopped by whoever began it, and seen by nobody else', async () => {
    const { begin, as, owner, customers } = await scene();
    const { id } = (await begin(change, { set: { status: 'ACTIVE' } })).data.changeCustomers.change;
    expect((await users.as(owner.viewer).execute(watch, { id })).data.customerBulkChange).toBeNull();
    expect(errorsOf(await users.as(owner.viewer).execute(cancel, { id }))).toMatchObject([
      { code: 'NOT_FOUND' },
    ]);
    expect((await as.execute(cancel, { id })).data.cancelCustomerBulkChange.change.status).toBe('CANCELLED');
    await users.runAdded(changeManyCustomers);
    expect((await customers()).filter(({ status }) => status === 'ACTIVE')).toHaveLength(1);
  });

  it.each([
    ['a filter that leaves nobody out', { filter: {} }, 'filter'],
    ['a filter of no tags', { filter: { tags: [] } }, 'filter'],
    ['nothing to change', { set: {} }, 'set'],
  ])('is refused with %s', async (_name, input, path) => {
    const { begin, publicId } = await scene(1);
    const answer = await begin(change, { set: { status: 'ACTIVE' }, ...input });
    expect(errorsOf(answer)).toEqual([{ code: 'INVALID_INPUT', path: [path] }]);
    const lines = await auditLines(users.db, publicId);
    expect(lines).toEqual([]);
  });

  it('leaves no word of a customer in the trail, where no erasure would find it', async () => {
    const { begin, publicId, id } = await scene(1);
    const field = await users.given.customerField(id, 'TEXT');
    const customFields = [{ fieldId: field.publicId, text: 'Private' }];
    const filter = {
      statuses: ['LEAD'],
      email: 'ana@example.org',
      city: 'Iași',
      tags: ['vip'],
      customFields,
    };
    await begin(change, { filter, set: { status: 'ACTIVE' } });
    await users.runAdded(changeManyCustomers);
    const [line] = await auditLines(users.db, publicId);
    expect(line!.after).toMatchObject({
      filter: {
        conditions: ['city', 'custom', 'email', 'statuses', 'tags'],
        values: { statuses: ['LEAD'] },
        customFieldIds: [field.id],
      },
      set: { status: 'ACTIVE' },
    });
    expect(JSON.stringify(line)).not.toMatch(/ana@|ia[sș]i|private|vip/i);
  });

  it('begins once for a repeated call', async () => {
    const { begin, publicId } = await scene(1);
    const input = { idempotencyKey: key(), set: { status: 'ACTIVE' } };
    const first = await begin(change, input);
    expect((await begin(change, input)).data).toEqual(first.data);
    expect((await auditLines(users.db, publicId)).map(({ action }) => action)).toEqual(['customers.changed']);
    await users.runAdded(changeManyCustomers);
  });
});

describe('a removal of many customers', () => {
  it('takes those that fit out of sight, and no others', async () => {
    const { run, begin, customers } = await scene();
    expect(errorsOf(await begin(remove, { filter: {} }))).toEqual([
      { code: 'INVALID_INPUT', path: ['filter'] },
    ]);
    expect(await run(remove)).toMatchObject({ status: 'SUCCEEDED', changedCount: 3 });
    const left = (await customers()).filter(({ removedAt }) => removedAt === null);
    expect(left.map(({ name }) => name)).toEqual(['Active', 'Hidden']);
  });
});
