import { aViewer } from '@diaspora/kit/testing';
import type { Viewer } from '@diaspora/kit';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cancelSubscription, cards, givenPayments } from '../testing/given.js';
import { eventBody, post, refundBody, signedByStripe } from '../testing/events.js';
import { givenPlans } from '../testing/given-plans.js';
import { chief } from '../testing/invoices.js';
import { givenOrders } from '../testing/orders.js';
import { countSubscription } from './counting.js';

const sums = `mrr { amountMinor } mrrBefore { amountMinor } newMrr { amountMinor } churnedMrr { amountMinor }
  subscribers newSubscribers churnedSubscribers churnRate arpu { amountMinor }
  captured { amountMinor } refunded { amountMinor } lost { amountMinor } providerFees { amountMinor }`;
const report = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on AnalyticsReport {
  revenue { currency total { ${sums} } plans { planCode revenue { mrr { amountMinor } } }
    countries { countryCode revenue { mrr { amountMinor } captured { amountMinor } } } } } } }`;

let payments: Awaited<ReturnType<typeof givenPayments>>;
beforeAll(async () => {
  payments = await givenPayments();
});
afterAll(() => payments.stop());

let heard = 0n;

/** Hands this subgraph what it told since, as the bus would; from the first word on where that is asked for. */
async function tellItself({ again = false } = {}) {
  const told = await payments.db.$queryRaw<
    { position: bigint; envelope: { type: string; time: string; data: unknown } }[]
  >`
    SELECT position, envelope FROM kit.outbox
    WHERE type LIKE 'subscription.%' AND position > ${again ? 0n : heard} ORDER BY position`;
  heard = told.at(-1)?.position ?? heard;
  const handlers = payments.subgraph.handlers!.filter(({ source }) => source === 'payments');
  for (const { envelope } of told)
    for (const { type, schema, handle } of handlers) {
      if (type !== envelope.type) continue;
      const message = { ...envelope, time: new Date(envelope.time), data: schema.parse(envelope.data) };
      await payments.db.$transaction((tx) => handle(message as never, tx as never));
    }
}

async function revenueFor(
  viewer: Viewer | null,
  question: { from: string; until: string; countryCode?: string | null },
) {
  const { from, until, countryCode = null } = question;
  const id = ['rpt', from, until, ...(countryCode ? [countryCode] : [])].join('_');
  const r = [{ __typename: 'AnalyticsReport', id, from, until, countryCode }];
  const { data } = await payments.as(viewer).execute(report, { r });
  return data._entities[0]?.revenue ?? null;
}

const june = { from: '2026-06-01', until: '2026-07-01' };
const amount = (amountMinor: number) => ({ amountMinor });

describe('revenue', () => {
  it('is counted by plan and country when it happens, and again changes nothing', async () => {
    await payments.given.subscriber();
    await payments.given.subscriber(cards.succeeds, { planCode: 'PREMIUM_YEARLY' });
    await payments.given.subscriber(cards.declined);
    const leaver = await payments.given.subscriber(cards.disputed);
    await payments.jobs.drain();
    await tellItself();
    const first = await revenueFor(chief, june);
    await tellItself({ again: true });
    expect(await revenueFor(chief, june)).toEqual(first);
    expect(await payments.db.countedSubscription.count({ where: { subscriptionId: leaver.key } })).toBe(
      await payments.db.subscription.count({
        where: { id: leaver.key, status: { in: ['ACTIVE', 'PAST_DUE'] } },
      }),
    );
    const captured = await payments.db.payment.aggregate({
      where: { status: 'CAPTURED' },
      _sum: { amountMinor: true, feeMinor: true },
    });
    expect(first).toMatchObject([
      {
        currency: 'EUR',
        total: {
          captured: amount(Number(captured._sum.amountMinor)),
          providerFees: amount(Number(captured._sum.feeMinor)),
          lost: amount(799),
          mrrBefore: amount(0),
        },
        countries: [{ countryCode: null }],
      },
    ]);
    expect(first[0].plans.map(({ planCode }: { planCode: string }) => planCode)).toEqual([
      'PREMIUM_MONTHLY',
      'PREMIUM_YEARLY',
    ]);
  });

  it('churns with whoever leaves, on the day of it, whenever that is heard of', async () => {
    const customer = async (countryCode: string) => {
      const subscriber = await payments.given.subscriber();
      const { id: userId } = subscriber.viewer;
      await payments.db.customer.create({ data: { userId, countryCode, languages: [], profileVersion: 1 } });
      await tellItself();
      return subscriber;
    };
    const [stays, leaves] = [await customer('FR'), await customer('FR')];
    const question = { ...june, countryCode: 'FR' };
    expect((await revenueFor(chief, question))[0].total).toMatchObject({
      mrr: amount(1_598),
      subscribers: 2,
      newSubscribers: 2,
      arpu: amount(799),
    });
    payments.clock.advance(10 * 86_400_000);
    const input = { subscriptionId: leaves.subscriptionId, atPeriodEnd: false };
    await payments.as(leaves.viewer).execute(cancelSubscription, { input });
    payments.clock.advance(30 * 86_400_000);
    await tellItself();
    const second = { from: '2026-06-02', until: '2026-07-01', countryCode: 'FR' };
    expect((await revenueFor(chief, second))[0].total).toMatchObject({
      ...{ mrrBefore: amount(1_598), mrr: amount(799), churnedMrr: amount(799) },
      ...{ churnedSubscribers: 1, churnRate: 0.5, subscribers: 1, captured: amount(0) },
    });
    expect(await payments.db.countedSubscription.findMany({ where: { countryCode: 'FR' } })).toMatchObject([
      { subscriptionId: stays.key },
    ]);
  });

  const days = (where: object) =>
    payments.db.revenueDay.groupBy({
      by: ['planCode'],
      where,
      _sum: { capturedMinor: true, refundedMinor: true, platformFeeMinor: true },
      orderBy: { planCode: 'asc' },
    });
  const sumsOf = async (countryCode: string) =>
    (await days({ countryCode })).map(({ planCode, _sum }) => [
      planCode,
      _sum.capturedMinor,
      _sum.refundedMinor,
    ]);
  const tell = async (body: string) => {
    await post(payments.webhookUrl, body, signedByStripe(body, payments.clock.now()));
    await payments.jobs.drain();
  };

  it('of an upgrade counts for the new plan, and what goes back of the old one for the old one', async () => {
    const given = givenPlans(payments);
    const person = await payments.given.subscriber();
    const customer = { userId: person.viewer.id, countryCode: 'LU', languages: [], profileVersion: 1 };
    await payments.db.customer.create({ data: customer });
    await given.changeTo(person, 'PREMIUM_YEARLY');
    await payments.jobs.drain();
    const [first, upgrade] = await given.charges(person);
    await tell(refundBody('payment.refunded', first!, { id: 'part_of_first', amount: '100' }));
    expect(await sumsOf('LU')).toEqual([
      ['PREMIUM_MONTHLY', 0n, 100n],
      ['PREMIUM_YEARLY', upgrade!.amountMinor, 0n],
    ]);
  });

  it('of tickets is the platform’s where something was sold, not where the money bought nothing', async () => {
    const orders = givenOrders(payments);
    const fees = async () => (await days({ source: 'TICKETS' }))[0]?._sum.platformFeeMinor ?? 0n;
    await orders.paid({ total: 2_000n });
    expect(await fees()).toBe(100n);
    const late = orders.wish();
    await late.request();
    await late.pay();
    await payments.jobs.take();
    await late.cancel();
    const payment = await payments.db.payment.findFirstOrThrow({ where: { orderId: late.key } });
    await tell(eventBody('payment.captured', payment));
    expect(await payments.db.payment.findFirst({ where: { id: payment.id } })).toMatchObject({
      status: 'CAPTURED',
      owedBackAt: expect.any(Date),
    });
    expect(await fees()).toBe(100n);
  });

  it('by plan and country is that of the currency, however many rows others have', async () => {
    const base = { day: new Date('2026-05-01'), source: 'TICKETS', planCode: '', captures: 1 } as const;
    const letters = [...'ABCDEFGHIJKLMNOPQ'];
    const countries = letters.flatMap((one) => letters.map((other) => `${one}${other}`));
    const row = (countryCode: string, currency: string) => ({
      ...base,
      countryCode,
      currency,
      capturedMinor: 1n,
    });
    await payments.db.revenueDay.createMany({
      data: [...countries.map((country) => row(country, 'AED')), row('RO', 'USD')],
    });
    const may = await revenueFor(chief, { from: '2026-05-01', until: '2026-06-01' });
    const dollars = may.find(({ currency }: { currency: string }) => currency === 'USD');
    expect(dollars.countries).toMatchObject([{ countryCode: 'RO' }]);
  });

  it('counted in parallel is counted once', async () => {
    const { key } = await payments.given.subscriber();
    const before = await payments.db.recurringDay.aggregate({ _sum: { started: true } });
    const at = payments.clock.now();
    await Promise.all(
      Array.from({ length: 8 }, () => payments.db.$transaction((tx) => countSubscription(tx, key, at))),
    );
    const after = await payments.db.recurringDay.aggregate({ _sum: { started: true } });
    expect((after._sum.started ?? 0) - (before._sum.started ?? 0)).toBe(1);
  });

  const ambassador = aViewer({ roles: ['AMBASSADOR'], offices: [{ role: 'AMBASSADOR', countryCode: 'FR' }] });
  it.each([
    ['a visitor', null, 'FR', false],
    ['a member', aViewer(), 'FR', false],
    ['the ambassador', ambassador, 'FR', true],
    ['the ambassador of another country', ambassador, 'DE', false],
    ['an ambassador about all', ambassador, null, false],
    ['a super user', chief, null, true],
  ])('is read by %s about %p: %p', async (_who, viewer, countryCode, isShown) => {
    expect((await revenueFor(viewer, { ...june, countryCode })) !== null).toBe(isShown);
  });
});
