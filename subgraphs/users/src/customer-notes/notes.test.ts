import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { givenUsers } from '../testing/given.js';

const add = `mutation ($input: AddCustomerNoteInput!) { addCustomerNote(input: $input) { note { id text version author { id } } userErrors { code path } } }`;
const update = `mutation ($input: UpdateCustomerNoteInput!) { updateCustomerNote(input: $input) { note { text version } userErrors { code path } } }`;
const log = `mutation ($input: LogCustomerActivityInput!) { logCustomerActivity(input: $input) { activity { kind summary happenedAt actor { id } } userErrors { code path } } }`;
const inside = `query ($id: ID!, $after: String) { customer(id: $id) { notes(first: 2, after: $after) { nodes { text } pageInfo { endCursor } }
  activities(first: 9) { nodes { kind summary changedFields } } } }`;

let users: Awaited<ReturnType<typeof givenUsers>>;
let keys = 0;
const key = () => `key-${++keys}`;
beforeAll(async () => {
  users = await givenUsers();
});
afterAll(() => users.stop());

async function scene() {
  const made = await users.given.office(users.given.person);
  const customer = await users.given.customer(made.sales.id);
  return { ...made, customer, customerId: customer.publicId, as: users.as(made.clerk.viewer) };
}

describe('notes of a customer', () => {
  it('are written once for a repeated call and changed by their author alone', async () => {
    const { as, customerId, clerk, owner } = await scene();
    const input = { idempotencyKey: key(), customerId, text: 'Prefers mornings.' };
    const first = await as.execute(add, { input });
    const { note } = first.data.addCustomerNote;
    expect(note).toMatchObject({ text: 'Prefers mornings.', version: 1, author: { id: clerk.publicId } });
    expect((await as.execute(add, { input })).data).toEqual(first.data);
    const change = { noteId: note.id, expectedVersion: 1, text: 'Prefers evenings.' };
    expect((await users.as(owner.viewer).execute(update, { input: change })).codes).toEqual(['FORBIDDEN']);
    expect((await as.execute(update, { input: change })).data.updateCustomerNote.note.version).toBe(2);
    expect((await as.execute(update, { input: change })).data.updateCustomerNote).toEqual({
      note: { text: 'Prefers evenings.', version: 2 },
      userErrors: [{ code: 'CONFLICT', path: ['expectedVersion'] }],
    });
  });

  it('are read page by page, the newest first', async () => {
    const { as, customer, customerId: id, owner } = await scene();
    for (const text of ['a', 'b', 'c']) await users.given.customerNote(customer, owner, text);
    const { notes } = (await as.execute(inside, { id })).data.customer;
    expect(notes.nodes).toEqual([{ text: 'c' }, { text: 'b' }]);
    const next = await as.execute(inside, { id, after: notes.pageInfo.endCursor });
    expect(next.data.customer.notes.nodes).toEqual([{ text: 'a' }]);
  });
});

it('of many customers are read, with tasks, history and merges, by as many statements as those of one', async () => {
  const { sales, owner, publicId } = await scene();
  const query = `query ($o: ID!, $first: Int) { customers(organizationId: $o, first: $first) { nodes { name
    notes(first: 2) { nodes { text author { displayName } } } tasks(first: 2) { nodes { title } }
    activities(first: 2) { nodes { kind } } merges { id } } } }`;
  for (let index = 0; index < 5; index++) {
    const customer = await users.given.customer(sales.id);
    await users.given.customerNote(customer, owner);
    await users.given.customerTask(customer);
  }
  const count = async (first: number) => {
    const before = users.statements();
    const { data } = await users.as(owner.viewer).execute(query, { o: publicId, first });
    expect(data.customers.nodes).toHaveLength(first);
    return users.statements() - before;
  };
  await count(2);
  expect(await count(6)).toBe(await count(2));
});

describe('the history of a customer', () => {
  it('has what people write into it, in the order in which it happened', async () => {
    const { as, customerId, clerk } = await scene();
    const say = (kind: string, hours: number, summary: string) => {
      const happenedAt = new Date(users.clock.now().getTime() + hours * 3_600_000).toISOString();
      return as.execute(log, { input: { idempotencyKey: key(), customerId, kind, happenedAt, summary } });
    };
    const met = await say('MEETING', -1, 'Lunch');
    expect(met.data.logCustomerActivity.activity).toMatchObject({
      kind: 'MEETING',
      actor: { id: clerk.publicId },
    });
    await say('CALL', -5, 'First call');
    const { data } = await say('MAIL', 1, 'Not yet');
    expect(data.logCustomerActivity.userErrors).toEqual([{ code: 'INVALID_INPUT', path: ['happenedAt'] }]);
    await as.execute(add, { input: { idempotencyKey: key(), customerId, text: 'Note' } });
    expect((await as.execute(inside, { id: customerId })).data.customer.activities.nodes).toEqual([
      { kind: 'NOTE_ADDED', summary: null, changedFields: [] },
      { kind: 'MEETING', summary: 'Lunch', changedFields: [] },
      { kind: 'CALL', summary: 'First call', changedFields: [] },
    ]);
  });
});
