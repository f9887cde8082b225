import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { auditLines } from '@diaspora/kit/testing';
import { cancelSubscription, cards, givenPayments, purchase, subscribe } from '../testing/given.js';

describe('cancelling a subscription', () => {
  let payments: Awaited<ReturnType<typeof givenPayments>>;
  beforeAll(async () => {
    payments = await givenPayments();
  });
  afterAll(() => payments.stop());

  type Person = Pick<Awaited<ReturnType<typeof payments.given.subscriber>>, 'viewer' | 'subscriptionId'>;
  const cancel = ({ viewer, subscriptionId }: Person, atPeriodEnd?: boolean | null) =>
    payments.as(viewer).execute(cancelSubscription, { input: { subscriptionId, atPeriodEnd } });
  const told = async ({ viewer }: Person) => (await payments.messages(viewer)).map(({ type }) => type);

  it('keeps it to the end of the paid period unless told otherwise', async () => {
    const person = await payments.given.subscriber();
    for (const atPeriodEnd of [undefined, null, true]) {
      expect((await cancel(person, atPeriodEnd)).data.cancelSubscription).toEqual({
        subscription: {
          id: person.subscriptionId,
          status: 'ACTIVE',
          cancelsAtPeriodEnd: true,
          endedAt: null,
        },
        userErrors: [],
      });
    }
    expect(await told(person)).not.toContain('subscription.ended');
  });

  it('is on record with the purchase before it and the end after it, once each', async () => {
    const person = await payments.given.subscriber();
    for (const atPeriodEnd of [true, true, false, false]) await cancel(person, atPeriodEnd);
    const lines = await auditLines(payments.db, person.subscriptionId);
    expect(
      lines.map(({ action, actor, after }) => [action, actor.kind, after?.['cancelsAtPeriodEnd']]),
    ).toEqual([
      ['subscription.bought', 'PERSON', undefined],
      ['subscription.activated', expect.any(String), false],
      ['subscription.cancelled', 'PERSON', true],
      ['subscription.cancelled', 'PERSON', false],
      ['subscription.ended', 'PERSON', true],
    ]);
    expect(lines.every((line) => line.personId === person.viewer.id)).toBe(true);
  });

  it('shows in the same request what it did, whatever was read before', async () => {
    const person = await payments.given.subscriber();
    const call = (name: string, atPeriodEnd: boolean) =>
      `${name}: cancelSubscription(input: { subscriptionId: "${person.subscriptionId}", atPeriodEnd: ${atPeriodEnd} }) {
        subscription { user { subscription { status } } }
      }`;
    const answer = await payments
      .as(person.viewer)
      .execute(`mutation { ${call('later', true)} ${call('now', false)} }`);
    expect(answer.data.later.subscription.user.subscription).toEqual({ status: 'ACTIVE' });
    expect(answer.data.now.subscription.user.subscription).toEqual({ status: 'CANCELLED' });
  });

  it('ends it now when asked to, once, and leaves the person free to buy again', async () => {
    const person = await payments.given.subscriber();
    const ended = { status: 'CANCELLED', endedAt: '2026-06-01T12:00:00.000Z' };
    expect((await cancel(person, false)).data.cancelSubscription.subscription).toMatchObject(ended);
    expect((await cancel(person, false)).data.cancelSubscription.subscription).toMatchObject(ended);
    expect((await told(person)).filter((type) => type === 'subscription.ended')).toHaveLength(1);
    const again = await payments.as(person.viewer).execute(subscribe, purchase());
    expect(again.data.subscribe.userErrors).toEqual([]);
  });

  it('ends it once when asked ten times at once', async () => {
    const person = await payments.given.subscriber();
    await Promise.all(Array.from({ length: 10 }, () => cancel(person, false)));
    expect((await told(person)).filter((type) => type === 'subscription.ended')).toHaveLength(1);
  });

  it('does not end now what a payment under way may still pay for', async () => {
    const { viewer } = payments.given.person();
    const answer = await payments.as(viewer).execute(subscribe, purchase());
    const person = { viewer, subscriptionId: answer.data.subscribe.subscription.id as string };
    expect((await cancel(person, false)).data.cancelSubscription).toEqual({
      subscription: null,
      userErrors: [{ code: 'PAYMENT_UNDER_WAY', path: null }],
    });
    expect((await cancel(person)).data.cancelSubscription.subscription).toMatchObject({ status: 'PENDING' });
    await payments.jobs.drain();
    expect(await payments.state(viewer)).toMatchObject({ status: 'ACTIVE', cancelsAtPeriodEnd: true });
  });

  it('leaves a failed one as it is', async () => {
    const person = await payments.given.subscriber(cards.declined);
    const answer = await cancel(person, false);
    expect(answer.data.cancelSubscription.subscription).toMatchObject({ status: 'FAILED' });
    expect(await told(person)).toEqual(['payment.failed']);
  });

  it.each(['', 'sub_', 'sub_nonsense', 'usr_01h455vb4pex5vsknk084sn02q', 'x'.repeat(5_000), 'sub_\u202e🎟️'])(
    'refuses the id %p',
    async (subscriptionId) => {
      const answer = await cancel({ viewer: payments.given.person().viewer, subscriptionId });
      expect(answer.data.cancelSubscription).toMatchObject({
        subscription: null,
        userErrors: [{ code: 'INVALID_INPUT' }],
      });
    },
  );
});
