import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Viewer } from '@diaspora/kit';
import { aViewer, personalDataOf } from '@diaspora/kit/testing';
import { paymentMethodIds, userIds } from '../ids.js';
import { cards, givenPayments } from '../testing/given.js';

const fields =
  'id status kind brand last4 expiryMonth expiryYear wallet isDefault nextAction { kind } user { id }';
const add = `mutation ($input: AddPaymentMethodInput!) {
  addPaymentMethod(input: $input) { paymentMethod { ${fields} } userErrors { code path } }
}`;
const remove = `mutation ($input: RemovePaymentMethodInput!) {
  removePaymentMethod(input: $input) { paymentMethod { id status } userErrors { code path } }
}`;
const setDefault = `mutation ($input: SetDefaultPaymentMethodInput!) {
  setDefaultPaymentMethod(input: $input) { paymentMethod { id isDefault } userErrors { code path } }
}`;
const confirm = `mutation ($input: ConfirmPaymentMethodInput!) {
  confirmPaymentMethod(input: $input) { paymentMethod { id status } userErrors { code path } }
}`;
const listed = `query ($of: [_Any!]!) {
  _entities(representations: $of) { ... on User { paymentMethods(first: 10) { nodes { id isDefault last4 } } } }
}`;
const looked = `query ($of: [_Any!]!) { _entities(representations: $of) { ... on PaymentMethod { ${fields} } } }`;

let payments: Awaited<ReturnType<typeof givenPayments>>;
/** Whether the provider is down. */
let isDown = false;
beforeAll(async () => {
  payments = await givenPayments({
    wrapProvider: (provider) => ({
      ...provider,
      saveMethod: async (request) => {
        if (isDown) throw new Error('down');
        return provider.saveMethod(request);
      },
    }),
  });
});
afterAll(() => payments.stop());

let keys = 0;
const card = (number = cards.succeeds, more: object = {}) => ({
  input: { idempotencyKey: `method-${++keys}`, paymentMethod: { sandboxCard: { number } }, ...more },
});
const person = () => payments.given.person().viewer;
const saved = async (viewer: Viewer, number?: string, more?: object) => {
  const { data } = await payments.as(viewer).execute(add, card(number, more));
  return data.addPaymentMethod.paymentMethod as { id: string; isDefault: boolean };
};
const methodsOf = async (owner: Viewer, viewer = owner) => {
  const of = [{ __typename: 'User', id: userIds.encode(owner.id) }];
  const { data } = await payments.as(viewer).execute(listed, { of });
  return data._entities[0].paymentMethods.nodes as { id: string; isDefault: boolean; last4: string }[];
};

describe('saved payment methods', () => {
  it('show what the person knows them by, and the first is the default', async () => {
    const viewer = person();
    const { data } = await payments.as(viewer).execute(add, card());
    expect(data.addPaymentMethod).toEqual({
      paymentMethod: {
        id: expect.stringMatching(/^pmt_/),
        status: 'ACTIVE',
        kind: 'CARD',
        brand: 'visa',
        last4: '4242',
        expiryMonth: 12,
        expiryYear: 2034,
        wallet: null,
        isDefault: true,
        nextAction: null,
        user: { id: userIds.encode(viewer.id) },
      },
      userErrors: [],
    });
    const rows = await payments.db.$queryRaw<unknown[]>`
      SELECT 1 FROM payment_methods AS r WHERE r::text LIKE ${`%${cards.succeeds}%`}`;
    expect(rows).toEqual([]);
  });

  it('are one for one key, also of calls at once, and another body is a conflict', async () => {
    const viewer = person();
    const call = card();
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => payments.as(viewer).execute(add, call)),
    );
    const ids = answers.map(({ data }) => data.addPaymentMethod.paymentMethod.id as string);
    expect(new Set(ids).size).toBe(1);
    const other = { input: { ...call.input, paymentMethod: { sandboxCard: { number: cards.declined } } } };
    const { data } = await payments.as(viewer).execute(add, other);
    expect(data.addPaymentMethod.userErrors).toMatchObject([{ code: 'CONFLICT' }]);
  });

  it('have one default, chosen by the person, also when they choose twice at once', async () => {
    const viewer = person();
    const first = await saved(viewer);
    const second = await saved(viewer, cards.delayed);
    const third = await saved(viewer, cards.slow, { isDefault: true });
    expect([first.isDefault, second.isDefault, third.isDefault]).toEqual([true, false, true]);
    const choose = ({ id }: { id: string }) =>
      payments.as(viewer).execute(setDefault, { input: { paymentMethodId: id } });
    await Promise.all([first, second, first, second, third].map(choose));
    expect((await methodsOf(viewer)).filter(({ isDefault }) => isDefault)).toHaveLength(1);
    await choose(second);
    expect((await methodsOf(viewer)).find(({ isDefault }) => isDefault)?.id).toBe(second.id);
  });

  it('are forgotten when removed, and the newest of the others becomes the default', async () => {
    const viewer = person();
    const first = await saved(viewer);
    const second = await saved(viewer, cards.delayed);
    const { data } = await payments.as(viewer).execute(remove, { input: { paymentMethodId: first.id } });
    expect(data.removePaymentMethod.paymentMethod).toEqual({ id: first.id, status: 'REMOVED' });
    expect(await methodsOf(viewer)).toEqual([{ id: second.id, isDefault: true, last4: '0077' }]);
    await payments.jobs.drain('forgetPaymentMethod');
    const gone = await payments.db.paymentMethod.count({ where: { id: paymentMethodIds.decode(first.id) } });
    expect(gone).toBe(0);
    const again = await payments.as(viewer).execute(remove, { input: { paymentMethodId: first.id } });
    expect(again.data.removePaymentMethod.userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
  });

  it('wait when the provider is down, and go on with the same key', async () => {
    const viewer = person();
    const call = card();
    isDown = true;
    expect((await payments.as(viewer).execute(add, call)).codes).toEqual(['UNAVAILABLE']);
    isDown = false;
    const { data } = await payments.as(viewer).execute(add, call);
    expect(data.addPaymentMethod.paymentMethod).toMatchObject({ status: 'ACTIVE', isDefault: true });
    expect(await methodsOf(viewer)).toHaveLength(1);
  });

  it('are twenty at most', async () => {
    const viewer = person();
    for (let count = 0; count < 20; count += 1) await saved(viewer);
    const { data } = await payments.as(viewer).execute(add, card());
    expect(data.addPaymentMethod.userErrors).toMatchObject([{ code: 'CONFLICT' }]);
  });

  it.each([
    ['none', {}, ['paymentMethod']],
    [
      'two at once',
      { sandboxCard: { number: cards.succeeds }, stripe: { paymentMethodId: 'pm_1' } },
      ['paymentMethod'],
    ],
    ['one of a provider that is turned off', { stripe: { paymentMethodId: 'pm_1' } }, ['paymentMethod']],
    ['a card that is none', { sandboxCard: { number: '1' } }, ['paymentMethod', 'sandboxCard', 'number']],
  ])('are refused when given %s', async (_what, paymentMethod, path) => {
    const { data } = await payments.as(person()).execute(add, card(undefined, { paymentMethod }));
    expect(data.addPaymentMethod.userErrors).toEqual([{ code: 'INVALID_INPUT', path }]);
  });
});

describe('who sees and changes payment methods', () => {
  const superUser = () => aViewer({ roles: ['SUPER_USER'] });

  it('is their owner alone', async () => {
    const owner = person();
    const { id } = await saved(owner);
    const of = [{ __typename: 'PaymentMethod', id }];
    expect((await payments.as(owner).execute(looked, { of })).data._entities[0]).toMatchObject({ id });
    for (const other of [person(), superUser()]) {
      expect((await payments.as(other).execute(looked, { of })).data._entities).toEqual([null]);
      expect(await methodsOf(owner, other)).toEqual([]);
      for (const [mutation, name] of [
        [remove, 'removePaymentMethod'],
        [setDefault, 'setDefaultPaymentMethod'],
        [confirm, 'confirmPaymentMethod'],
      ] as const) {
        const { data } = await payments.as(other).execute(mutation, { input: { paymentMethodId: id } });
        expect(data[name].userErrors).toEqual([{ code: 'NOT_FOUND', path: ['paymentMethodId'] }]);
      }
    }
    expect(await methodsOf(owner)).toHaveLength(1);
  });

  it('is nobody who did not sign in', async () => {
    const { id } = await saved(person());
    expect((await payments.anonymous.execute(add, card())).codes).toEqual(['UNAUTHENTICATED']);
    const of = [{ __typename: 'PaymentMethod', id }];
    expect((await payments.anonymous.execute(looked, { of })).data._entities).toEqual([null]);
  });

  it('leaves nothing of a person who is gone', async () => {
    const viewer = person();
    await saved(viewer);
    await payments.db.providerCustomer.create({
      data: { provider: 'sandbox', userId: viewer.id, customerId: 'cus_1', createdAt: payments.clock.now() },
    });
    const data = personalDataOf(payments.subgraph.jobs!, payments.privateStore);
    const { records } = await data.exported(viewer.id);
    expect(records['paymentMethods']).toMatchObject([{ brand: 'visa', last4: '4242' }]);
    expect(JSON.stringify(records)).not.toContain('pm_sandbox');
    await data.erase(viewer.id);
    expect(await payments.db.paymentMethod.count({ where: { userId: viewer.id } })).toBe(0);
    expect(
      await payments.db.paymentMethod.count({ where: { status: 'REMOVED', last4: { not: null } } }),
    ).toBe(0);
    const before = await payments.db.paymentMethod.count();
    await payments.jobs.drain();
    expect(await payments.db.paymentMethod.count()).toBeLessThan(before);
    expect(await payments.db.providerCustomer.count()).toBe(0);
  });
});
