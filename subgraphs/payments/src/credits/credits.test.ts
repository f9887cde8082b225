import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { auditLines } from '@diaspora/kit/testing';
import { givenPayments } from '../testing/given.js';
import { aProgram, anyKey, givenCredits, grantBonus, reserve, root } from '../testing/given-credits.js';

let payments: Awaited<ReturnType<typeof givenPayments>>;
let given: ReturnType<typeof givenCredits>;
const program = aProgram();
beforeAll(async () => {
  payments = await givenPayments();
  given = givenCredits(payments, program);
});
afterAll(() => payments.stop());

const inMs = (ms: number) => new Date(payments.clock.now().getTime() + ms);
const minuteMs = 60_000;

describe('spending credits', () => {
  it('holds what was quoted, takes what the work cost and gives back the rest, and says so', async () => {
    const ana = await given.withCredits(10);
    const { reservation, userErrors } = await given.hold(ana, 6);
    expect(userErrors).toEqual([]);
    expect(reservation).toMatchObject({
      operation: 'HEADLINES',
      units: 30,
      amount: 6,
      settledAmount: null,
      status: 'RESERVED',
      expiresAt: inMs(15 * minuteMs).toISOString(),
    });
    expect(await given.balanceOf(ana)).toMatchObject({ available: 4, reserved: 6 });
    expect((await given.settled(reservation.id, 5)).reservation).toMatchObject({
      settledAmount: 5,
      status: 'SETTLED',
      closedAt: payments.clock.now().toISOString(),
    });
    expect(await given.balanceOf(ana)).toMatchObject({ available: 5, reserved: 0 });
    const about = { userId: ana.publicId, reservationId: reservation.id };
    expect(await given.told(ana)).toMatchObject([
      { type: 'credits.granted', data: { kind: 'BONUS', amount: 10, expiresAt: null, available: 10 } },
      { type: 'credits.reserved', data: { ...about, operation: 'HEADLINES', amount: 6, available: 4 } },
      { type: 'credits.settled', data: { ...about, amount: 5, available: 5 } },
    ]);
    const lines = await auditLines(payments.db, reservation.id);
    expect(lines.map(({ action, actor, personId }) => [action, actor.kind, actor.id, personId])).toEqual([
      ['credits.reserved', 'SERVICE', program.id, ana.viewer.id],
      ['credits.settled', 'SERVICE', program.id, ana.viewer.id],
    ]);
  });

  it('gives all of it back when the work is not done', async () => {
    const ana = await given.withCredits(10);
    const { reservation } = await given.hold(ana, 10);
    for (let time = 0; time < 2; time++)
      expect((await given.released(reservation.id)).reservation).toMatchObject({ status: 'RELEASED' });
    expect(await given.balanceOf(ana)).toMatchObject({ available: 10, reserved: 0 });
    expect((await given.historyOf(ana)).nodes.map((line: any) => [line.kind, line.amount])).toEqual([
      ['RELEASED', 10],
      ['RESERVED', -10],
      ['GRANTED', 10],
    ]);
  });

  it('is refused beyond what there is, with both figures, and holds nothing', async () => {
    const ana = await given.withCredits(10);
    await given.hold(ana, 7);
    expect(await given.hold(ana, 4)).toEqual({
      reservation: null,
      userErrors: [{ code: 'INSUFFICIENT_CREDITS', path: null, available: 3, required: 4 }],
    });
    expect(await given.balanceOf(ana)).toMatchObject({ available: 3, reserved: 7 });
    const nobody = given.person();
    expect((await given.hold(nobody, 1)).userErrors[0]).toMatchObject({ available: 0 });
    expect(await payments.db.creditAccount.count({ where: { userId: nobody.viewer.id } })).toBe(0);
  });

  it('is refused at another price than the one agreed to', async () => {
    const ana = await given.withCredits(10);
    expect((await given.hold(ana, 4, { quotedAmount: 3 })).userErrors).toEqual([
      { code: 'QUOTE_OUTDATED', path: ['quotedAmount'] },
    ]);
  });

  it('happens once per key: the same answer to the same call, CONFLICT to another', async () => {
    const ana = await given.withCredits(10);
    const call = given.work(ana.publicId, 4);
    const ask = (variables: object) => payments.as(program).execute(reserve, { ...variables });
    const first = (await ask(call)).data;
    expect((await ask(call)).data).toEqual(first);
    const other = { input: { ...call.input, units: 5, quotedAmount: 1 } };
    expect((await ask(other)).data.reserveCredits.userErrors).toMatchObject([{ code: 'CONFLICT' }]);
    expect(await given.balanceOf(ana)).toMatchObject({ available: 6, reserved: 4 });
    // The same key of another program is another key.
    await payments.as(aProgram()).execute(reserve, call);
    expect(await given.balanceOf(ana)).toMatchObject({ available: 2, reserved: 8 });
  });

  it('takes the plan’s credits first, then what ends first, then what was bought', async () => {
    const ana = given.person();
    const { id: userId } = ana.viewer;
    const later = inMs(90 * minuteMs);
    const { creditGranting } = payments.subgraph.createContext({ viewer: null } as never).services;
    const give = (kind: 'PLAN' | 'BONUS' | 'PURCHASE', expiresAt: Date | null, source: string) =>
      payments.db.$transaction((tx) =>
        creditGranting.grant(tx, { userId, kind, amount: 10, expiresAt, source: `${source}:${userId}` }),
      );
    await give('PURCHASE', inMs(minuteMs), 'bought');
    await give('BONUS', null, 'gift');
    await give('BONUS', later, 'ending gift');
    await give('PLAN', later, 'month');
    await give('PLAN', later, 'month');
    const left = async () => {
      const grants = await payments.db.creditGrant.findMany({ where: { userId } });
      return Object.fromEntries(grants.map(({ source, remaining }) => [source.split(':')[0], remaining]));
    };
    expect(await left()).toEqual({ bought: 10, gift: 10, 'ending gift': 10, month: 10 });
    const { reservation } = await given.hold(ana, 35);
    expect(await left()).toEqual({ month: 0, 'ending gift': 0, gift: 0, bought: 5 });
    await given.settled(reservation.id, 12);
    expect(await left()).toEqual({ month: 0, 'ending gift': 8, gift: 10, bought: 10 });
  });

  it.each([
    ['more than is held', 7],
    ['less than nothing', -1],
  ])('does not settle %s', async (_what, amount) => {
    const ana = await given.withCredits(10);
    const { reservation } = await given.hold(ana, 6);
    expect(await given.settled(reservation.id, amount)).toMatchObject({
      userErrors: [{ code: 'INVALID_INPUT', path: ['amount'] }],
    });
    expect(await given.balanceOf(ana)).toMatchObject({ available: 4, reserved: 6 });
  });

  it('ends once: settled, it is neither released nor settled otherwise; released, it is not settled', async () => {
    const ana = await given.withCredits(10);
    const { reservation } = await given.hold(ana, 6);
    await given.settled(reservation.id, 6);
    expect((await given.settled(reservation.id, 6)).userErrors).toEqual([]);
    const closed = [{ code: 'RESERVATION_CLOSED', path: null }];
    expect((await given.settled(reservation.id, 5)).userErrors).toEqual(closed);
    expect((await given.released(reservation.id)).userErrors).toEqual(closed);
    const other = (await given.hold(ana, 1)).reservation;
    await given.released(other.id);
    expect((await given.settled(other.id, 1)).userErrors).toEqual(closed);
    expect(await given.balanceOf(ana)).toMatchObject({ available: 4, reserved: 0 });
  });

  it.each([
    ['no units', { units: 0 }, ['units']],
    ['units beyond counting', { units: 10_000_001 }, ['units']],
    ['a hold of a second', { holdSeconds: 1 }, ['holdSeconds']],
    ['a hold of a week', { holdSeconds: 604_800 }, ['holdSeconds']],
    ['an empty key', { idempotencyKey: '' }, ['idempotencyKey']],
  ])('refuses %s', async (_what, overrides, path) => {
    const ana = await given.withCredits(10);
    const { userErrors } = await given.hold(ana, 1, overrides);
    expect(userErrors).toMatchObject([{ code: 'INVALID_INPUT', path }]);
  });
});

describe('time', () => {
  it('frees what a reservation past its end holds, without anything running', async () => {
    const ana = await given.withCredits(10);
    const { reservation } = await given.hold(ana, 10, { holdSeconds: 60 });
    payments.clock.advance(minuteMs - 1);
    expect(await given.balanceOf(ana)).toMatchObject({ available: 0, reserved: 10 });
    expect((await given.hold(ana, 1)).reservation).toBeNull();
    payments.clock.advance(1);
    expect(await given.balanceOf(ana)).toMatchObject({ available: 10, reserved: 0 });
    expect((await given.hold(ana, 10)).userErrors).toEqual([]);
    expect((await given.settled(reservation.id, 10)).userErrors).toMatchObject([
      { code: 'RESERVATION_CLOSED' },
    ]);
    expect(await given.balanceOf(ana)).toMatchObject({ available: 0, reserved: 10 });
  });

  it('ends what has an end, without anything running; a reservation from before still settles', async () => {
    const ana = await given.withCredits(10, inMs(5 * minuteMs));
    await given.grant(ana, 3);
    expect(await given.balanceOf(ana)).toEqual({
      available: 13,
      reserved: 0,
      nextExpiryAt: inMs(5 * minuteMs).toISOString(),
      nextExpiryAmount: 10,
    });
    const { reservation } = await given.hold(ana, 4);
    payments.clock.advance(5 * minuteMs);
    expect(await given.balanceOf(ana)).toEqual({
      available: 3,
      reserved: 4,
      nextExpiryAt: null,
      nextExpiryAmount: 0,
    });
    expect((await given.hold(ana, 4)).reservation).toBeNull();
    await given.settled(reservation.id, 1);
    // The three that came back had ended meanwhile.
    expect(await given.balanceOf(ana)).toMatchObject({ available: 3, reserved: 0 });
  });

  it('is written into the history by a job, once, and told', async () => {
    const ana = await given.withCredits(10, inMs(5 * minuteMs));
    const { reservation } = await given.hold(ana, 4);
    payments.clock.advance(60 * minuteMs);
    const before = await given.balanceOf(ana);
    for (let time = 0; time < 2; time++) await payments.jobs.runTask('writeOverdueCredits');
    expect(await given.balanceOf(ana)).toEqual(before);
    const lines = (await given.historyOf(ana)).nodes;
    expect(lines.map(({ kind, amount }: any) => [kind, amount])).toEqual([
      ['EXPIRED', -10],
      ['RELEASED', 4],
      ['RESERVED', -4],
      ['GRANTED', 10],
    ]);
    expect((await given.told(ana)).slice(2)).toMatchObject([
      { type: 'credits.released', data: { reservationId: reservation.id, amount: 4 } },
      { type: 'credits.expired', data: { amount: 10, available: 0 } },
    ]);
  });
});

describe('a quote', () => {
  it.each([
    ['HEADLINES', 1, 1],
    ['HEADLINES', 6, 2],
    ['ADAPTATION', 1_001, 2],
    ['TRANSLATION', 2_000, 1],
  ])('of %s for %s units is %s credits, against what the person has', async (operation, units, amount) => {
    const ana = await given.withCredits(1);
    const query = `query ($operation: CreditOperation!, $units: Int!) {
      creditQuote(operation: $operation, units: $units) { operation units amount available isCovered } }`;
    const { data } = await payments.as(ana.viewer).execute(query, { operation, units });
    expect(data.creditQuote).toEqual({ operation, units, amount, available: 1, isCovered: amount <= 1 });
  });
});

describe('a gift', () => {
  it('is on record with its giver and the reason, and given once per key', async () => {
    const ana = given.person();
    const input = { idempotencyKey: anyKey(), userId: ana.publicId, amount: 7, reason: 'For the trouble' };
    for (let time = 0; time < 2; time++) {
      const { data } = await payments.as(root).execute(grantBonus, { input });
      expect(data.grantBonusCredits).toEqual({ available: 7, userErrors: [] });
    }
    const lines = await auditLines(payments.db, ana.publicId);
    expect(lines).toMatchObject([
      { action: 'credits.granted', actor: { id: root.id }, reason: 'For the trouble', after: { amount: 7 } },
    ]);
  });

  it.each([
    ['nothing', { amount: 0 }, ['amount']],
    ['without a reason', { reason: ' ' }, ['reason']],
    ['that is over', { expiresAt: '2020-01-01T00:00:00Z' }, ['expiresAt']],
  ])('of %s is refused', async (_what, overrides, path) => {
    const { publicId: userId } = given.person();
    const input = { idempotencyKey: anyKey(), userId, amount: 7, reason: 'A gift', ...overrides };
    const { data } = await payments.as(root).execute(grantBonus, { input });
    expect(data.grantBonusCredits).toMatchObject({ userErrors: [{ code: 'INVALID_INPUT', path }] });
  });
});

describe('the history', () => {
  it('goes on where a page ended', async () => {
    const ana = await given.withCredits(10);
    for (const amount of [1, 2, 3]) await given.hold(ana, amount);
    const first = await given.historyOf(ana, { first: 2 });
    expect(first).toMatchObject({
      nodes: [
        { amount: -3, operation: 'HEADLINES', grantKind: null },
        { amount: -2, kind: 'RESERVED' },
      ],
      pageInfo: { hasNextPage: true },
    });
    const rest = await given.historyOf(ana, { first: 10, after: first.pageInfo.endCursor });
    expect(rest.nodes).toMatchObject([{ amount: -1 }, { amount: 10, grantKind: 'BONUS', operation: null }]);
  });
});
