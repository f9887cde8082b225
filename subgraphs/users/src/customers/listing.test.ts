import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { givenUsers } from '../testing/given.js';

const list = `query ($o: ID!, $filter: CustomerFilter, $search: String, $orderBy: CustomerOrder, $first: Int, $after: String, $last: Int, $before: String) {
  customers(organizationId: $o, filter: $filter, search: $search, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
    nodes { name } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount } }`;

let users: Awaited<ReturnType<typeof givenUsers>>;
beforeAll(async () => {
  users = await givenUsers();
});
afterAll(() => users.stop());

const office = (actions?: string[]) => users.given.office(users.given.person, actions);
const names = ({ data }: { data: any }) => data.customers.nodes.map(({ name }: { name: string }) => name);

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
