import { auditLines, waitingForLocks } from '@diaspora/kit/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { assertMember } from '../customers/index.js';
import { releaseCustomers } from '../jobs.js';
import { givenUsers } from '../testing/given.js';

let users: Awaited<ReturnType<typeof givenUsers>>;
beforeAll(async () => {
  users = await givenUsers();
});
afterAll(() => users.stop());

const remove = `mutation ($id: ID!) {
  removeOrganizationMember(input: { memberId: $id }) { userErrors { code } } }`;

async function scene() {
  const office = await users.given.office(users.given.person);
  const takeOut = async () => {
    const variables = { id: office.membership.publicId };
    const { data, codes } = await users.as(office.owner.viewer).execute(remove, variables);
    expect([codes, data.removeOrganizationMember.userErrors]).toEqual([[], []]);
  };
  const release = () => users.runAdded(releaseCustomers);
  const owned = () => users.db.customer.count({ where: { ownerId: office.clerk.id } });
  const assigned = () => users.db.customerTask.count({ where: { assigneeId: office.clerk.id } });
  return { ...office, takeOut, release, owned, assigned };
}

describe('whoever leaves an organization', () => {
  it('owns none of its customers any more, with the history of any change, and has none of its tasks', async () => {
    const { clerk, owner, sales, takeOut, release, owned, assigned } = await scene();
    const ownerId = clerk.id;
    const customer = await users.given.customer(sales.id, { ownerId });
    const removed = await users.given.customer(sales.id, { ownerId, removedAt: users.clock.now() });
    const unowned = await users.given.customer(sales.id);
    const task = await users.given.customerTask(unowned, { assigneeId: clerk.id });
    const done = { assigneeId: clerk.id, doneAt: users.clock.now(), doneById: clerk.id };
    await users.given.customerTask(removed, done);
    await takeOut();
    await release();
    expect([await owned(), await assigned()]).toEqual([0, 0]);
    const history = await users.db.customerActivity.findMany({ where: { customerId: customer.id } });
    expect(history).toMatchObject([{ kind: 'UPDATED', actorId: owner.id, fields: ['ownerId'] }]);
    expect((await auditLines(users.db, customer.publicId)).at(-1)).toMatchObject({
      ...{ action: 'customer.changed', before: { ownerId: clerk.id }, after: { ownerId: null } },
    });
    expect((await auditLines(users.db, unowned.publicId)).at(-1)).toMatchObject({
      ...{ action: 'customerTask.changed', after: { taskId: task.publicId } },
    });
    const versions = await users.db.customer.findMany({
      where: { id: { in: [customer.id, unowned.id] } },
      orderBy: { createdAt: 'asc' },
    });
    expect(versions.find(({ id }) => id === customer.id)).toMatchObject({ version: 2 });
    expect(versions.find(({ id }) => id === unowned.id)).toMatchObject({ version: 1 });
  });

  it('keeps what is in another organization, and the others what is theirs', async () => {
    const { clerk, owner, sales, takeOut, release } = await scene();
    const elsewhere = await scene();
    await users.given.member(elsewhere, clerk);
    const theirs = await users.given.customer(elsewhere.sales.id, { ownerId: clerk.id });
    const others = await users.given.customer(sales.id, { ownerId: owner.id });
    await takeOut();
    await release();
    const kept = await users.db.customer.findMany({ where: { id: { in: [theirs.id, others.id] } } });
    expect(kept.map(({ ownerId }) => ownerId).sort()).toEqual([clerk.id, owner.id].sort());
  });

  it('owns none, however many they were', async () => {
    const { id, clerk, sales, takeOut, release, owned } = await scene();
    await users.db.$executeRaw`
      INSERT INTO customers (id, organization_id, department_id, kind, name, name_key, search_text, owner_id, created_at,
        created_by_id, updated_at)
      SELECT gen_random_uuid(), ${id}::uuid, ${sales.id}::uuid, 'PERSON', 'N', 'n', 'n', ${clerk.id}::uuid, now(),
        ${clerk.id}::uuid, now() FROM generate_series(1, 50)`;
    await takeOut();
    expect(await owned()).toBe(50);
    await release();
    expect(await owned()).toBe(0);
  });

  it('owns none that were given to them at the moment they left', async () => {
    const { id, clerk, sales, takeOut, release, owned } = await scene();
    const customer = await users.given.customer(sales.id);
    const leaving = await users.db.$transaction(async (tx) => {
      await assertMember(tx, id, clerk.id);
      await tx.customer.update({ where: { id: customer.id }, data: { ownerId: clerk.id } });
      const left = takeOut();
      await Promise.race([left, waitingForLocks(users.pool)]);
      return { left };
    });
    await leaving.left;
    expect(await owned()).toBe(1);
    await release();
    expect(await owned()).toBe(0);
  });

  it('keeps all of it when they are a member again before', async () => {
    const { id, clerk, sales, takeOut, release, owned } = await scene();
    await users.given.customer(sales.id, { ownerId: clerk.id });
    await takeOut();
    await users.given.member({ id }, clerk);
    await release();
    expect(await owned()).toBe(1);
  });
});
