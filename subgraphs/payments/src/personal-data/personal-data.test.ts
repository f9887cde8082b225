import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { personalDataOf } from '@diaspora/kit/testing';
import { cards, givenPayments, purchase, subscribe } from '../testing/given.js';

type Payments = Awaited<ReturnType<typeof givenPayments>>;
let payments: Payments;
beforeAll(async () => {
  payments = await givenPayments();
});
afterAll(() => payments.stop());

const dataOf = () => personalDataOf(payments.subgraph.jobs!, payments.privateStore);

describe('the personal data of payments', () => {
  it('is exported: what was bought and paid, without the token of the payment method', async () => {
    const { viewer, subscriptionId } = await payments.given.subscriber();
    const { records } = await dataOf().exported(viewer.id);
    expect(records['subscriptions']).toMatchObject([
      { id: subscriptionId, status: 'ACTIVE', plan: { code: 'PREMIUM_MONTHLY' } },
    ]);
    expect(records['payments']).toMatchObject(
      [{ subscriptionId, status: 'CAPTURED', amountMinor: /\d+/ }].map((each) => ({
        ...each,
        amountMinor: expect.stringMatching(/^\d+$/),
      })),
    );
    expect(JSON.stringify(records)).not.toContain('Token');
    expect(records['credits']).toMatchObject([{ kind: 'GRANTED', amount: 100, given: { kind: 'PLAN' } }]);
  });

  it('is erased: nothing is charged again, the books stay and say nothing of how it was paid', async () => {
    const { viewer, key } = await payments.given.subscriber();
    const before = await payments.db.payment.findMany({ where: { subscriptionId: key } });
    await dataOf().erase(viewer.id);
    await dataOf().erase(viewer.id, { isLate: true });
    expect(await payments.db.creditEntry.count({ where: { userId: viewer.id } })).toBe(0);
    expect(await payments.db.creditAccount.count({ where: { userId: viewer.id } })).toBe(0);
    const subscription = await payments.db.subscription.findUniqueOrThrow({ where: { id: key } });
    expect(subscription).toMatchObject({ status: 'CANCELLED', paymentToken: '', nextStepAt: null });
    expect((await payments.messages(viewer)).at(-1)).toMatchObject({ type: 'subscription.ended' });
    payments.clock.advance(90 * 86_400_000);
    await payments.jobs.runTask('advanceSubscriptions');
    await payments.jobs.drain();
    expect(await payments.db.payment.findMany({ where: { subscriptionId: key } })).toEqual(before);
    const customers = await payments.db.sandboxPayment.findMany({ where: { reference: { not: '' } } });
    expect(customers.every(({ customer }) => !customer.includes(viewer.id))).toBe(true);
    const reports = await payments.db.providerEvent.findMany();
    expect(reports.length).toBeGreaterThan(0);
  });

  it('is erased while a payment is under way: money that comes in then is owed back', async () => {
    const { viewer } = payments.given.person();
    const bought = await payments.as(viewer).execute(subscribe, purchase(cards.delayed));
    expect(bought.data.subscribe.userErrors).toEqual([]);
    await payments.jobs.drain('requestPayment');
    await dataOf().erase(viewer.id);
    await payments.jobs.drain();
    const [payment] = await payments.db.payment.findMany({ where: { subscription: { userId: viewer.id } } });
    expect(payment).toMatchObject({ status: 'CAPTURED', owedBackAt: expect.any(Date) });
  });
});
