import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { givenUsers } from '../testing/given.js';

const make = `mutation ($input: CreateCustomerFieldInput!) { createCustomerField(input: $input) { field { id name type options version } userErrors { code path } } }`;
const change = `mutation ($input: UpdateCustomerFieldInput!) { updateCustomerField(input: $input) { field { name options version } userErrors { code path } } }`;
const remove = `mutation ($id: ID!) { removeCustomerField(input: { fieldId: $id }) { removedFieldId userErrors { code path } } }`;

let users: Awaited<ReturnType<typeof givenUsers>>;
let keys = 0;
const key = () => `key-${++keys}`;
beforeAll(async () => {
  users = await givenUsers();
});
afterAll(() => users.stop());

const office = () => users.given.office(users.given.person);
const errorsOf = ({ data }: { data: any }) => Object.values<any>(data)[0].userErrors;

describe('a custom field', () => {
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
