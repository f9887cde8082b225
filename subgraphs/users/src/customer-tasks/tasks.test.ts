import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { givenUsers } from '../testing/given.js';

const add = `mutation ($input: AddCustomerTaskInput!) { addCustomerTask(input: $input) { task { id title dueAt assignee { id } doneAt version customer { name } } userErrors { code path } } }`;
const update = `mutation ($input: UpdateCustomerTaskInput!) { updateCustomerTask(input: $input) { task { title dueAt assignee { id } version } userErrors { code path } } }`;
const done = (name: string) =>
  `mutation ($id: ID!) { ${name}(input: { taskId: $id }) { task { doneAt doneBy { id } } userErrors { code } } }`;
const list = `query ($o: ID!, $filter: CustomerTaskFilter, $first: Int, $after: String) {
  customerTasks(organizationId: $o, filter: $filter, first: $first, after: $after) { nodes { title } pageInfo { endCursor hasNextPage } } }`;

let users: Awaited<ReturnType<typeof givenUsers>>;
let keys = 0;
const key = () => `key-${++keys}`;
beforeAll(async () => {
  users = await givenUsers();
});
afterAll(() => users.stop());

const errorsOf = ({ data }: { data: any }) => Object.values<any>(data)[0].userErrors;
const at = (days: number) => new Date(users.clock.now().getTime() + days * 86_400_000).toISOString();

async function scene() {
  const made = await users.given.office(users.given.person);
  const customer = await users.given.customer(made.sales.id);
  return { ...made, customer, as: users.as(made.clerk.viewer) };
}

describe('a task', () => {
  it('is planned once for a repeated call, changed by its version, done and reopened', async () => {
    const { as, customer, clerk } = await scene();
    const input = {
      ...{ idempotencyKey: key(), customerId: customer.publicId, title: 'Call back', dueAt: at(2) },
      assigneeId: clerk.publicId,
    };
    const first = await as.execute(add, { input });
    const { id, ...task } = first.data.addCustomerTask.task;
    expect(task).toEqual({
      ...{ title: 'Call back', dueAt: at(2), doneAt: null, version: 1 },
      ...{ assignee: { id: clerk.publicId }, customer: { name: customer.name } },
    });
    expect((await as.execute(add, { input })).data).toEqual(first.data);
    const change = { taskId: id, expectedVersion: 1, title: null, assigneeId: null };
    expect((await as.execute(update, { input: change })).data.updateCustomerTask.task).toEqual({
      ...{ title: 'Call back', dueAt: at(2), assignee: null, version: 2 },
    });
    expect((await as.execute(update, { input: change })).data.updateCustomerTask).toMatchObject({
      task: { version: 2 },
      userErrors: [{ code: 'CONFLICT', path: ['expectedVersion'] }],
    });
    const completed = (await as.execute(done('completeCustomerTask'), { id })).data.completeCustomerTask;
    expect(completed.task).toEqual({ doneAt: at(0), doneBy: { id: clerk.publicId } });
    expect(
      (await as.execute(done('reopenCustomerTask'), { id })).data.reopenCustomerTask.task.doneAt,
    ).toBeNull();
    const history = await users.db.customerActivity.findMany({
      where: { customerId: customer.id },
      orderBy: { id: 'asc' },
    });
    expect(history.map(({ kind, summary }) => [kind, summary])).toEqual([
      ['TASK_ADDED', null],
      ['TASK_DONE', 'Call back'],
    ]);
  });

  it('is given to members only', async () => {
    const { as, customer } = await scene();
    const stranger = await users.given.person();
    const input = { idempotencyKey: key(), customerId: customer.publicId, title: 'T', dueAt: at(1) };
    const answer = await as.execute(add, { input: { ...input, assigneeId: stranger.publicId } });
    expect(errorsOf(answer)).toEqual([{ code: 'INVALID_INPUT', path: ['assigneeId'] }]);
  });

  it('is listed with those that are to be done, the earliest due first, where one may read', async () => {
    const { as, customer, other, clerk, publicId: o } = await scene();
    const hidden = await users.given.customer(other.id);
    const gone = await users.given.customer(customer.departmentId, { removedAt: new Date() });
    const due = (days: number) => ({ dueAt: new Date(at(days)), title: `in ${days}` });
    for (const days of [3, 1, 2]) await users.given.customerTask(customer, due(days));
    await users.given.customerTask(customer, { ...due(4), assigneeId: clerk.id });
    await users.given.customerTask(customer, { ...due(5), doneAt: new Date() });
    await users.given.customerTask(hidden, due(6));
    await users.given.customerTask(gone, due(7));
    const titles = async (filter?: object, page: object = { first: 9 }) =>
      (await as.execute(list, { o, filter, ...page })).data.customerTasks.nodes.map(
        ({ title }: any) => title,
      );
    expect(await titles()).toEqual(['in 1', 'in 2', 'in 3', 'in 4']);
    expect(await titles({ assigneeId: clerk.publicId })).toEqual(['in 4']);
    expect(await titles({ dueBefore: at(2) })).toEqual(['in 1']);
    expect(await titles({ isDone: true })).toEqual(['in 5']);
    const { pageInfo } = (await as.execute(list, { o, first: 3 })).data.customerTasks;
    expect(pageInfo.hasNextPage).toBe(true);
    expect(await titles({}, { first: 3, after: pageInfo.endCursor })).toEqual(['in 4']);
  });
});
