import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { personalDataOf } from '@diaspora/kit/testing';
import { givenStripe } from '../testing/given-stripe.js';

const add = `mutation ($input: AddPaymentMethodInput!) {
  addPaymentMethod(input: $input) { paymentMethod { status } userErrors { code } }
}`;
let payments: Awaited<ReturnType<typeof givenStripe>>;
beforeAll(async () => {
  payments = await givenStripe();
});
afterAll(() => payments.stop());

let keys = 0;
const save = async (viewer: ReturnType<typeof payments.given.person>['viewer'], paymentMethodId: string) => {
  const input = { idempotencyKey: `reports-${++keys}`, paymentMethod: { stripe: { paymentMethodId } } };
  return payments.as(viewer).execute(add, { input });
};
const bodies = async () =>
  (await payments.db.providerEvent.findMany({ orderBy: { eventId: 'asc' } })).map(({ body }) => body);

describe('what a provider told of a person', () => {
  it('loses its words with their erasure, of methods and customers as of payments, and no other', async () => {
    const gone = payments.given.person().viewer;
    await save(gone, 'pm_card_authenticationRequired');
    const { setupId } = await payments.db.paymentMethod.findFirstOrThrow({ where: { userId: gone.id } });
    payments.server.agree(setupId!);
    const created = Math.floor(payments.clock.now().getTime() / 1_000);
    const object = { id: 'seti_of_another', payment_method: 'pm_of_another', customer: 'cus_of_another' };
    const about = { object: 'event', created, type: 'setup_intent.setup_failed' };
    const metadata = { reference: 'pmt_of_another' };
    payments.server.told.push({ ...about, id: 'evt_of_another', data: { object: { ...object, metadata } } });
    await payments.deliver();
    const words = async () => (await bodies()).filter((body) => body !== '');
    expect(await words()).toHaveLength(2);
    await personalDataOf(payments.subgraph.jobs!, payments.privateStore).erase(gone.id);
    expect(await words()).toEqual([expect.stringContaining('cus_of_another')]);
  });

  it('has no words where it means nothing here, and none of long ago', async () => {
    const created = Math.floor(payments.clock.now().getTime() / 1_000);
    const object = { id: 'cus_1', email: 'ana@example.org' };
    payments.server.told.push({
      id: 'evt_customer',
      object: 'event',
      created,
      type: 'customer.updated',
      data: { object },
    });
    await payments.deliver();
    expect(await payments.db.providerEvent.findFirst({ where: { eventId: 'evt_customer' } })).toMatchObject({
      body: '',
      outcome: 'UNKNOWN_TYPE',
    });
    payments.clock.advance(89 * 86_400_000);
    await payments.jobs.runTask('tidyUp');
    expect((await bodies()).filter((body) => body !== '')).toHaveLength(1);
    payments.clock.advance(2 * 86_400_000);
    await payments.jobs.runTask('tidyUp');
    expect((await bodies()).filter((body) => body !== '')).toEqual([]);
  });

  it('is asked for in the sweep only where it means something', async () => {
    const created = Math.floor(payments.clock.now().getTime() / 1_000);
    const about = { object: 'event', created, data: { object: { id: 'pm_1' } } };
    payments.server.told.push({ ...about, id: 'evt_attached', type: 'payment_method.attached' });
    await payments.jobs.runTask('sweepProviders');
    expect(await payments.db.providerEvent.count({ where: { eventId: 'evt_attached' } })).toBe(0);
    expect(payments.server.violations).toEqual([]);
  });
});

describe('methods that fail', () => {
  it('are twenty a day at most, and nobody’s after two', async () => {
    const { viewer } = payments.given.person();
    const codes: unknown[] = [];
    for (let tried = 0; tried < 21; tried += 1) {
      const answer = await save(viewer, 'pm_card_chargeDeclined');
      codes.push(answer.codes?.[0] ?? answer.data.addPaymentMethod.userErrors[0].code);
    }
    expect(codes).toEqual([...Array<string>(20).fill('PAYMENT_METHOD_REFUSED'), 'RATE_LIMITED']);
    payments.clock.advance(25 * 3_600_000);
    expect((await save(viewer, 'pm_card_visa')).data.addPaymentMethod.userErrors).toEqual([]);
    const failed = { userId: viewer.id, status: 'FAILED' as const };
    await payments.jobs.runTask('tidyUp');
    expect(await payments.db.paymentMethod.count({ where: failed })).toBe(20);
    payments.clock.advance(25 * 3_600_000);
    await payments.jobs.runTask('tidyUp');
    expect(await payments.db.paymentMethod.count({ where: failed })).toBe(0);
  });
});
