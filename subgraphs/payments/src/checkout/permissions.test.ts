import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Viewer } from '@diaspora/kit';
import { aViewer, auditLines, personalDataOf } from '@diaspora/kit/testing';
import { userIds } from '../ids.js';
import { cards, givenPayments } from '../testing/given.js';
import { givenOrders } from '../testing/orders.js';

const references = `query ($r: [_Any!]!) {
  _entities(representations: $r) {
    ... on User { orders(first: 5) { nodes { id } } }
    ... on Order {
      id status total { amountMinor } refunded { amountMinor } lines { description quantity amount { amountMinor } }
      buyer { id } seller { id } platformFee { amountMinor } viewerCan { pay { allowed reason } }
    }
  }
}`;
const timeline = `query ($id: ID!) {
  purchaseTimeline(orderId: $id) { step reason amount { amountMinor } postings { account amount { amountMinor } } }
}`;
const setFee = `mutation ($input: SetPlatformFeeInput!) {
  setPlatformFee(input: $input) { platformFee { version basisPoints } userErrors { code path } }
}`;

type Order = Awaited<ReturnType<ReturnType<typeof givenOrders>['paid']>>;
let payments: Awaited<ReturnType<typeof givenPayments>>;
let order: Order;
let orders: ReturnType<typeof givenOrders>;
beforeAll(async () => {
  payments = await givenPayments();
  orders = givenOrders(payments);
  order = await orders.paid();
});
afterAll(() => payments.stop());

const superUser = aViewer({ roles: ['SUPER_USER'] });
const strangers = (): readonly (readonly [string, Viewer | null])[] => [
  ['a visitor', null],
  ['a stranger', aViewer()],
  ['the seller', order.seller],
  ['an ambassador', aViewer({ roles: ['AMBASSADOR'], offices: [{ role: 'AMBASSADOR', countryCode: 'DE' }] })],
  ['a service account', aViewer({ id: order.buyer.id, kind: 'service' })],
  ['a program of super users', aViewer({ kind: 'service', roles: ['SUPER_USER'] })],
];

const entitiesFor = async (viewer: Viewer | null, ...r: object[]) => {
  const { data, errors } = await payments.as(viewer).execute(references, { r });
  return { entities: data?._entities as Record<string, unknown>[] | undefined, errors };
};
const orderReference = () => ({ __typename: 'Order', id: order.id });
const buyerReference = () => ({ __typename: 'User', id: userIds.encode(order.buyer.id) });

describe('who may see an order', () => {
  it.each([
    ['its buyer', () => order.buyer, null],
    ['a super user', () => superUser, { amountMinor: 100 }],
  ] as const)('is %s', async (_who, viewer, platformFee) => {
    const { entities, errors } = await entitiesFor(viewer(), orderReference(), buyerReference());
    expect(errors).toEqual([]);
    expect(entities![0]).toMatchObject({
      id: order.id,
      status: 'PAID',
      total: { amountMinor: 2_000 },
      lines: [{ description: 'Standard', quantity: 1, amount: { amountMinor: 2_000 } }],
      buyer: { id: userIds.encode(order.buyer.id) },
      seller: { id: userIds.encode(order.seller.id) },
      platformFee,
      viewerCan: { pay: { allowed: false } },
    });
    expect(entities![1]).toMatchObject({ orders: { nodes: [{ id: order.id }] } });
  });

  it('is nobody else', async () => {
    for (const [who, viewer] of strangers()) {
      const { entities } = await entitiesFor(viewer, orderReference());
      expect({ who, order: entities?.[0] ?? null }).toEqual({ who, order: null });
      const { data } = await payments.as(viewer).execute(timeline, { id: order.id });
      expect({ who, timeline: data?.purchaseTimeline ?? null }).toEqual({ who, timeline: null });
      const { entities: people } = await entitiesFor(viewer, buyerReference());
      const nodes = (people?.[0] as { orders?: { nodes: unknown[] } } | null)?.orders?.nodes ?? [];
      expect({ who, nodes }).toEqual({ who, nodes: [] });
    }
  });

  it('is answered with null for references to nothing', async () => {
    const r = ['nonsense', 'ord_\u202e', userIds.encode(order.buyer.id)].map((id) => ({
      __typename: 'Order',
      id,
    }));
    expect(await entitiesFor(order.buyer, ...r)).toEqual({ entities: [null, null, null], errors: [] });
  });
});

describe('who may pay an order', () => {
  it('is its buyer alone', async () => {
    const open = orders.wish();
    await open.request();
    for (const [who, viewer] of [...strangers(), ['a super user', superUser] as const]) {
      const { data, codes } = await open.pay(cards.succeeds, viewer as Viewer);
      const userErrors = (data?.payOrder?.userErrors ?? []) as { code: string }[];
      const refused = [...codes, ...userErrors.map(({ code }) => code)];
      expect({ who, refused: refused.length }).toEqual({ who, refused: 1 });
      expect(['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND']).toContain(refused[0]);
    }
    expect(await payments.db.payment.count({ where: { orderId: open.key } })).toBe(0);
    const { entities } = await entitiesFor(open.buyer, { __typename: 'Order', id: open.id });
    expect(entities![0]).toMatchObject({ viewerCan: { pay: { allowed: true, reason: null } } });
  });
});

describe('the timeline of a purchase', () => {
  const stepsFor = async (viewer: Viewer) => {
    const { data } = await payments.as(viewer).execute(timeline, { id: order.id });
    return data.purchaseTimeline as { step: string; reason: string | null; postings: unknown[] }[];
  };

  it('tells its buyer what happened', async () => {
    const steps = await stepsFor(order.buyer);
    expect(steps.map(({ step }) => step)).toEqual([
      'ORDER_REQUESTED',
      'PAYMENT_REQUESTED',
      'PAYMENT_CAPTURED',
    ]);
    expect(steps.flatMap(({ postings }) => postings)).toEqual([]);
  });

  it('tells why a payment failed to the buyer alone, and to nobody who looks as them', async () => {
    const declined = orders.wish();
    await declined.request();
    await declined.pay(cards.declined);
    await payments.jobs.drain();
    const reasonFor = async (viewer: Viewer) => {
      const { data } = await payments.as(viewer).execute(timeline, { id: declined.id });
      const steps = data.purchaseTimeline as { step: string; reason: string | null }[];
      return steps.find(({ step }) => step === 'PAYMENT_FAILED')!.reason;
    };
    expect(await reasonFor(declined.buyer)).toBe('card_declined');
    expect(await reasonFor({ ...declined.buyer, impersonatorId: superUser.id })).toBeNull();
  });

  it('shows super users what the provider told and what was booked', async () => {
    const steps = await stepsFor(superUser);
    const told = steps.filter(({ step }) => step === 'PROVIDER_EVENT').map(({ reason }) => reason);
    expect(told).toContain('payment.captured: APPLIED');
    const booked = steps.filter(({ step }) => step === 'BOOKED');
    expect(booked.map(({ reason }) => reason)).toEqual(
      expect.arrayContaining(['ORDER_CAPTURED', 'ORDER_SOLD']),
    );
    expect(booked.flatMap(({ postings }) => postings)).toContainEqual({
      account: 'ORGANIZER_PAYABLE',
      amount: { amountMinor: -1_900 },
    });
  });
});

describe('the fee of the platform', () => {
  it('is set by super users, who build on what they saw, and that is on record', async () => {
    const as = payments.as(superUser);
    const { data } = await as.execute(setFee, { input: { expectedVersion: 1, basisPoints: 300 } });
    expect(data.setPlatformFee).toEqual({ platformFee: { version: 2, basisPoints: 300 }, userErrors: [] });
    const stale = await as.execute(setFee, { input: { expectedVersion: 1, basisPoints: 400 } });
    expect(stale.data.setPlatformFee).toMatchObject({
      platformFee: { version: 2, basisPoints: 300 },
      userErrors: [{ code: 'CONFLICT', path: ['expectedVersion'] }],
    });
    expect(await auditLines(payments.db, 'platform')).toMatchObject([{ action: 'platformFee.changed' }]);
  });

  it.each([-1, 5_001])('is not %d', async (basisPoints) => {
    const input = { expectedVersion: 2, basisPoints };
    const { data } = await payments.as(superUser).execute(setFee, { input });
    expect(data.setPlatformFee.userErrors).toMatchObject([{ code: 'INVALID_INPUT' }]);
  });

  it('is set by nobody else, and seen by everybody', async () => {
    for (const [who, viewer] of strangers().slice(0, 5)) {
      const { codes } = await payments
        .as(viewer)
        .execute(setFee, { input: { expectedVersion: 2, basisPoints: 0 } });
      expect({ who, codes }).toEqual({ who, codes: [viewer ? 'FORBIDDEN' : 'UNAUTHENTICATED'] });
      const { data } = await payments.as(viewer).execute('{ platformFee { basisPoints } }');
      expect(data.platformFee).toEqual({ basisPoints: 300 });
    }
  });
});

describe('orders of a person who is gone', () => {
  it('are given to them before, and stay in the books; what is open is cancelled', async () => {
    const open = orders.wish();
    await open.request();
    const data = personalDataOf(payments.subgraph.jobs!, payments.privateStore);
    const { records } = await data.exported(open.buyer.id);
    expect(records['orders']).toMatchObject([{ id: open.id, status: 'PENDING', lines: [{ quantity: 1 }] }]);
    await data.erase(open.buyer.id);
    await data.erase(open.buyer.id, { isLate: true });
    expect(await open.row()).toMatchObject({ status: 'CANCELLED' });
    expect((await open.told()).map(({ type }) => type)).toEqual(['order.cancelled']);
  });
});
