import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aViewer } from '@diaspora/kit/testing';
import type { Viewer } from '@diaspora/kit';
import { cancelSubscription, givenPayments, purchase, subscribe } from '../testing/given.js';

const references = `query ($r: [_Any!]!) {
  _entities(representations: $r) { ... on User { id subscription { id } } ... on PlanSubscription { id status } }
}`;

describe('without the sandbox', () => {
  it('nobody buys with a test card, and nobody is there to call', async () => {
    const payments = await givenPayments({ hasSandbox: false });
    const { viewer } = payments.given.person();
    const answer = await payments.as(viewer).execute(subscribe, purchase());
    const { status } = await fetch(payments.webhookUrl, { method: 'POST', body: '{}' });
    const state = await payments.state(viewer);
    await payments.stop();
    expect(answer.data.subscribe).toMatchObject({
      subscription: null,
      userErrors: [{ code: 'INVALID_INPUT', path: ['paymentMethod'] }],
    });
    // What no route takes is asked for the router's signature.
    expect([status, state]).toEqual([401, null]);
  });
});

describe('who may see and do what', () => {
  let payments: Awaited<ReturnType<typeof givenPayments>>;
  let owner: Awaited<ReturnType<typeof payments.given.subscriber>>;
  beforeAll(async () => {
    payments = await givenPayments();
    owner = await payments.given.subscriber();
  });
  afterAll(() => payments.stop());

  const others: readonly (readonly [string, Viewer | null])[] = [
    ['a visitor', null],
    ['a stranger', aViewer()],
    [
      'an ambassador',
      aViewer({ roles: ['AMBASSADOR'], offices: [{ role: 'AMBASSADOR', countryCode: 'DE' }] }),
    ],
    ['a super user', aViewer({ roles: ['SUPER_USER'] })],
  ];

  const entitiesFor = (viewer: Viewer | null, r: object[]) => payments.as(viewer).execute(references, { r });
  const userReference = () => ({ __typename: 'User', id: owner.publicId });
  const subscriptionReference = () => ({ __typename: 'PlanSubscription', id: owner.subscriptionId });

  it('shows a subscription to its owner', async () => {
    const answer = await entitiesFor(owner.viewer, [userReference(), subscriptionReference()]);
    expect(answer.data._entities).toEqual([
      { id: owner.publicId, subscription: { id: owner.subscriptionId } },
      { id: owner.subscriptionId, status: 'ACTIVE' },
    ]);
  });

  it.each(others)('hides it from %s, however it is asked for', async (_who, viewer) => {
    const answer = await entitiesFor(viewer, [userReference(), subscriptionReference()]);
    expect(answer.errors).toEqual([]);
    expect(answer.data._entities).toEqual([{ id: owner.publicId, subscription: null }, null]);
    const own = await payments.as(viewer).execute('{ viewerSubscription { id } }');
    expect(own.data).toEqual({ viewerSubscription: null });
  });

  it.each(others)('does not let %s cancel it', async (_who, viewer) => {
    const input = { subscriptionId: owner.subscriptionId, atPeriodEnd: false };
    const { data, codes } = await payments.as(viewer).execute(cancelSubscription, { input });
    const userErrors = data?.cancelSubscription?.userErrors as { code: string }[] | undefined;
    expect([...codes, ...(userErrors ?? []).map(({ code }) => code)]).toEqual([
      viewer ? 'NOT_FOUND' : 'UNAUTHENTICATED',
    ]);
    expect(await payments.state(owner.viewer)).toMatchObject({ status: 'ACTIVE', cancelsAtPeriodEnd: false });
  });

  it('does not sell to visitors', async () => {
    const before = await payments.db.subscription.count();
    const answer = await payments.anonymous.execute(subscribe, purchase());
    expect(answer.codes).toEqual(['UNAUTHENTICATED']);
    expect(await payments.db.subscription.count()).toBe(before);
  });

  it('answers null for references to nothing', async () => {
    const answer = await entitiesFor(owner.viewer, [
      { __typename: 'User', id: 'nonsense' },
      { __typename: 'User', id: owner.subscriptionId },
      { __typename: 'PlanSubscription', id: 'sub_\u202e🎟️' },
      { __typename: 'PlanSubscription', id: owner.publicId },
    ]);
    expect(answer.errors).toEqual([]);
    expect(answer.data._entities).toEqual([null, null, null, null]);
  });

  it('asks the database once for the subscriptions of many people', async () => {
    const strangers = Array.from({ length: 20 }, () => ({
      __typename: 'User',
      id: payments.given.person().publicId,
    }));
    const before = payments.statements();
    const answer = await entitiesFor(owner.viewer, [userReference(), ...strangers]);
    expect(payments.statements() - before).toBeLessThanOrEqual(2);
    const people = answer.data._entities as { subscription: unknown }[];
    expect(people.filter(({ subscription }) => subscription)).toHaveLength(1);
  });
});
