import { auditLines, waitingForLocks } from '@diaspora/kit/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { forgetOutlived } from '../jobs.js';
import { givenUsers } from '../testing/given.js';

const merge = `mutation ($input: MergeCustomersInput!) { mergeCustomers(input: $input) {
  merge { id survivor { id name email tags } merged { id mergedInto { id } } undoneAt } userErrors { code path } } }`;
const undo = `mutation ($id: ID!) { undoCustomerMerge(input: { mergeId: $id }) {
  merge { undoneAt survivor { email tags } merged { removedAt mergedInto { id } } } userErrors { code path message } } }`;
const inside = `query ($id: ID!) { customer(id: $id) { version mergedInto { id } notes(first: 9) { nodes { text } }
  tasks(first: 9) { nodes { title } } activities(first: 9) { nodes { kind summary } } merges { id } } }`;
const update = `mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) { customer { version } userErrors { code } } }`;
const addNote = `mutation ($input: AddCustomerNoteInput!) { addCustomerNote(input: $input) { note { id } userErrors { code } } }`;

let users: Awaited<ReturnType<typeof givenUsers>>;
let keys = 0;
const key = () => `key-${++keys}`;
beforeAll(async () => {
  users = await givenUsers();
});
afterAll(() => users.stop());

const errorsOf = ({ data }: { data: any }) => Object.values<any>(data)[0].userErrors;

async function scene() {
  const { given } = users;
  const { owner, sales, other, id } = await given.office(given.person);
  const survivor = await given.customer(sales.id, { name: 'Ana Pop', tags: ['press'] });
  const merged = await given.customer(other.id, { name: 'A. Pop', email: 'ana@example.org', tags: ['vip'] });
  await given.customerNote(survivor, owner, 'Old');
  await given.customerNote(merged, owner, 'Moved');
  await given.customerTask(merged, { title: 'Call' });
  const as = users.as(owner.viewer);
  const input = {
    ...{ idempotencyKey: key(), survivorId: survivor.publicId, survivorVersion: 1 },
    ...{ mergedId: merged.publicId, mergedVersion: 1 },
  };
  const see = async ({ publicId }: { publicId: string }) =>
    (await as.execute(inside, { id: publicId })).data.customer;
  const join = async () => (await as.execute(merge, { input })).data.mergeCustomers.merge.id as string;
  return { owner, sales, id, survivor, merged, as, input, see, join };
}
const textsOf = (customer: any) => customer.notes.nodes.map(({ text }: { text: string }) => text).sort();

describe('two customers that are merged', () => {
  it('are one: what belonged to both belongs to the survivor, which takes what it lacks', async () => {
    const { as, input, see, survivor, merged } = await scene();
    const { data } = await as.execute(merge, { input });
    expect(data.mergeCustomers).toMatchObject({
      merge: {
        survivor: { name: 'Ana Pop', email: 'ana@example.org', tags: ['press', 'vip'] },
        merged: { mergedInto: { id: survivor.publicId } },
      },
      userErrors: [],
    });
    expect((await as.execute(merge, { input })).data).toEqual(data);
    const left = await see(survivor);
    expect([textsOf(left), left.tasks.nodes, left.version]).toEqual([
      ['Moved', 'Old'],
      [{ title: 'Call' }],
      2,
    ]);
    expect(left.activities.nodes[0]).toEqual({ kind: 'MERGED', summary: 'A. Pop' });
    expect(await see(merged)).toMatchObject({ notes: { nodes: [] }, mergedInto: { id: survivor.publicId } });
    const lines = await auditLines(users.db, survivor.publicId);
    expect(lines).toMatchObject([{ action: 'customer.merged', after: { mergedId: merged.publicId } }]);
  });

  it('are two again as they were, but for what changed since', async () => {
    const { as, join, see, survivor, merged, owner } = await scene();
    const id = await join();
    await users.given.customerNote(survivor, owner, 'New');
    const change = { customerId: survivor.publicId, expectedVersion: 2, tags: ['gold'] };
    await as.execute(update, { input: change });
    const { data } = await as.execute(undo, { id });
    expect(data.undoCustomerMerge).toMatchObject({
      merge: {
        survivor: { email: null, tags: ['gold'] },
        merged: { removedAt: null, mergedInto: null },
      },
      userErrors: [],
    });
    expect(textsOf(await see(survivor))).toEqual(['New', 'Old']);
    const apart = await see(merged);
    expect([textsOf(apart), apart.tasks.nodes]).toEqual([['Moved'], [{ title: 'Call' }]]);
    expect((await see(survivor)).merges).toEqual([]);
    expect((await as.execute(undo, { id })).data.undoCustomerMerge.userErrors).toEqual([]);
  });

  it('stay one after thirty days, and the one that went is erased', async () => {
    const { as, join, merged } = await scene();
    const id = await join();
    users.clock.advance(30 * 86_400_000 + 1);
    expect(errorsOf(await as.execute(undo, { id }))).toMatchObject([{ code: 'CONFLICT', path: ['mergeId'] }]);
    await users.run(forgetOutlived, {});
    expect(await users.db.customer.count({ where: { id: merged.id } })).toBe(0);
    expect(errorsOf(await as.execute(undo, { id }))).toMatchObject([{ code: 'NOT_FOUND' }]);
  });

  it('are parted in the order in which they were joined, the last one first', async () => {
    const { as, join, see, survivor, sales } = await scene();
    const first = await join();
    const third = await users.given.customer(sales.id, { name: 'Third' });
    const input = {
      ...{ idempotencyKey: key(), survivorId: third.publicId, survivorVersion: 1 },
      ...{ mergedId: survivor.publicId, mergedVersion: 2 },
    };
    const second = (await as.execute(merge, { input })).data.mergeCustomers.merge.id;
    expect(textsOf(await see(third))).toEqual(['Moved', 'Old']);
    expect(errorsOf(await as.execute(undo, { id: first }))).toMatchObject([{ code: 'CONFLICT' }]);
    expect(errorsOf(await as.execute(undo, { id: second }))).toEqual([]);
    expect(errorsOf(await as.execute(undo, { id: first }))).toEqual([]);
    expect(textsOf(await see(survivor))).toEqual(['Old']);
  });

  it('are two, of the known versions, of one organization', async () => {
    const { as, input, survivor, owner } = await scene();
    const elsewhere = await users.given.organization(owner);
    const far = await users.given.customer((await users.given.node(elsewhere.id)).id);
    const attempt = async (change: object) =>
      errorsOf(await as.execute(merge, { input: { ...input, idempotencyKey: key(), ...change } }));
    expect(await attempt({ mergedId: survivor.publicId })).toEqual([
      { code: 'INVALID_INPUT', path: ['mergedId'] },
    ]);
    expect(await attempt({ mergedId: far.publicId })).toEqual([
      { code: 'INVALID_INPUT', path: ['mergedId'] },
    ]);
    expect(await attempt({ survivorVersion: 2 })).toEqual([{ code: 'CONFLICT', path: ['survivorVersion'] }]);
    expect(await attempt({ mergedVersion: 2 })).toEqual([{ code: 'CONFLICT', path: ['mergedVersion'] }]);
  });
});

describe('a merge that races', () => {
  it('with changes of both customers loses nothing: what was written is where the customer went', async () => {
    for (let round = 0; round < 5; round++) {
      const { as, input, see, survivor, merged } = await scene();
      const note = (customerId: string, text: string) =>
        as.execute(addNote, { input: { idempotencyKey: key(), customerId, text } });
      const [joined, ...notes] = await Promise.all([
        as.execute(merge, { input }),
        note(merged.publicId, 'N1'),
        note(survivor.publicId, 'N2'),
        note(merged.publicId, 'N3'),
        as.execute(update, { input: { customerId: merged.publicId, expectedVersion: 1, name: 'Other' } }),
      ]);
      const written = ['N1', 'N2', 'N3'].filter((_text, index) => errorsOf(notes[index]!).length === 0);
      const isJoined = errorsOf(joined).length === 0;
      const isChanged = errorsOf(notes[3]).length === 0;
      expect([isJoined, isChanged].filter(Boolean)).toHaveLength(1);
      const [left, away] = [await see(survivor), await see(merged)];
      const all = [...textsOf(left), ...textsOf(away)].sort();
      expect(all).toEqual(['Moved', 'Old', ...written].sort());
      expect(isJoined ? textsOf(away) : []).toEqual([]);
    }
  });

  it('leaves no note behind that was begun before and is written after it', async () => {
    const { as, input, merged, owner, see, survivor } = await scene();
    const idempotencyKey = key();
    // Who writes the note has found the customer, and waits for whoever has the same key.
    const holder = await users.pool.connect();
    await holder.query('BEGIN');
    await holder.query(
      `INSERT INTO kit.idempotency_keys (actor, operation, key, request_hash) VALUES ($1, 'addCustomerNote', $2, '')`,
      [owner.id, idempotencyKey],
    );
    const writing = as.execute(addNote, {
      input: { idempotencyKey, customerId: merged.publicId, text: 'Late' },
    });
    await waitingForLocks(users.pool);
    expect(errorsOf(await as.execute(merge, { input }))).toEqual([]);
    await holder.query('ROLLBACK');
    holder.release();
    expect(errorsOf(await writing)).toEqual([{ code: 'CONFLICT' }]);
    expect([textsOf(await see(survivor)), textsOf(await see(merged))]).toEqual([['Moved', 'Old'], []]);
  });

  it('with the same merge, and with the one the other way round, happens once', async () => {
    for (let round = 0; round < 5; round++) {
      const { as, input, survivor, merged } = await scene();
      const turned = { survivorId: merged.publicId, mergedId: survivor.publicId };
      const answers = await Promise.all(
        [input, { ...input, idempotencyKey: key() }, { ...input, ...turned, idempotencyKey: key() }].map(
          (each) => as.execute(merge, { input: each }),
        ),
      );
      expect(answers.filter((answer) => errorsOf(answer).length === 0)).toHaveLength(1);
      const where = { id: { in: [survivor.id, merged.id] }, removedAt: null };
      expect(await users.db.customer.count({ where })).toBe(1);
    }
  });
});
