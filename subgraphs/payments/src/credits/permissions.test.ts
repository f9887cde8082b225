import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { givenPayments } from '../testing/given.js';
import {
  aProgram,
  anyKey,
  givenCredits,
  grantBonus,
  release,
  reserve,
  root,
  settle,
} from '../testing/given-credits.js';

let payments: Awaited<ReturnType<typeof givenPayments>>;
let given: ReturnType<typeof givenCredits>;
const program = aProgram();
beforeAll(async () => {
  payments = await givenPayments();
  given = givenCredits(payments, program);
});
afterAll(() => payments.stop());

describe('who may what with credits', () => {
  const codesOf = ({ codes, data }: { codes: readonly string[]; data: any }) => [
    ...codes,
    ...Object.values<any>(data ?? {}).flatMap((each) => each?.userErrors?.map(({ code }: any) => code) ?? []),
  ];
  const viewers = () =>
    [
      ['a visitor', null, 'UNAUTHENTICATED'],
      ['a person', given.person().viewer, 'FORBIDDEN'],
      ['a super user', root, 'FORBIDDEN'],
      ['a program without the scope', aProgram(['users:read']), 'FORBIDDEN'],
    ] as const;

  it('lets only programs with the scope hold, settle and release', async () => {
    const ana = await given.withCredits(10);
    const { reservation } = await given.hold(ana, 2);
    for (const [who, viewer, code] of viewers()) {
      const as = payments.as(viewer);
      const input = { reservationId: reservation.id };
      const answers = [
        await as.execute(reserve, given.work(ana.publicId, 1)),
        await as.execute(settle, { input: { ...input, amount: 1 } }),
        await as.execute(release, { input }),
        await as.execute(`{ creditReservation(id: "${reservation.id}") { id } }`),
      ];
      expect([who, ...answers.flatMap(codesOf)]).toEqual([who, code, code, code, code]);
    }
    expect(await given.balanceOf(ana)).toMatchObject({ available: 8, reserved: 2 });
  });

  it('shows and leaves a reservation to the program that made it', async () => {
    const ana = await given.withCredits(10);
    const { reservation } = await given.hold(ana, 2);
    const query = `{ creditReservation(id: "${reservation.id}") { id status } }`;
    expect((await payments.as(program).execute(query)).data.creditReservation).toMatchObject({
      status: 'RESERVED',
    });
    const stranger = aProgram();
    expect((await payments.as(stranger).execute(query)).data.creditReservation).toBeNull();
    const others = givenCredits(payments, stranger);
    const notFound = [{ code: 'NOT_FOUND', path: ['reservationId'] }];
    expect((await others.settled(reservation.id, 1)).userErrors).toEqual(notFound);
    expect((await others.released(reservation.id)).userErrors).toEqual(notFound);
    expect((await given.settled(given.nobody, 1)).userErrors).toEqual(notFound);
    expect(await given.balanceOf(ana)).toMatchObject({ available: 8, reserved: 2 });
  });

  it('shows balance and history to the person only', async () => {
    const ana = await given.withCredits(10);
    const query = `query ($r: [_Any!]!) { _entities(representations: $r) {
      ... on User { creditBalance { available } creditHistory(first: 1) { nodes { id } } } } }`;
    for (const viewer of [null, given.person().viewer, root, program]) {
      const { data, errors } = await payments.as(viewer).execute(query, given.about(ana));
      expect([errors, data._entities]).toEqual([[], [{ creditBalance: null, creditHistory: null }]]);
    }
    const { data } = await payments.as(ana.viewer).execute(query, given.about(ana));
    expect(data._entities[0].creditBalance).toEqual({ available: 10 });
  });

  it('quotes to people for themselves, to programs for whom they name', async () => {
    const ana = await given.withCredits(10);
    const query = `query ($userId: ID) {
      creditQuote(userId: $userId, operation: HEADLINES, units: 1) { available } }`;
    const ask = (viewer: Parameters<typeof payments.as>[0], userId?: string) =>
      payments.as(viewer).execute(query, { userId });
    expect((await ask(ana.viewer, ana.publicId)).data.creditQuote.available).toBe(10);
    expect((await ask(program, ana.publicId)).data.creditQuote.available).toBe(10);
    expect((await ask(program)).codes).toEqual(['INVALID_INPUT']);
    expect((await ask(given.person().viewer, ana.publicId)).codes).toEqual(['FORBIDDEN']);
    expect((await ask(aProgram(['users:read']), ana.publicId)).codes).toEqual(['FORBIDDEN']);
    expect((await ask(null)).codes).toEqual(['UNAUTHENTICATED']);
  });

  it('lets only super users give', async () => {
    const { publicId: userId } = given.person();
    const input = { idempotencyKey: anyKey(), userId, amount: 7, reason: 'A gift' };
    const before = await payments.db.creditGrant.count();
    for (const viewer of [given.person().viewer, program])
      expect((await payments.as(viewer).execute(grantBonus, { input })).codes).toEqual(['FORBIDDEN']);
    expect((await payments.anonymous.execute(grantBonus, { input })).codes).toEqual(['UNAUTHENTICATED']);
    expect(await payments.db.creditGrant.count()).toBe(before);
  });
});
