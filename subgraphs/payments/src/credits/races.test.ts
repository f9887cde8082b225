import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPool } from '@diaspora/kit';
import { creditReservationIds } from '../ids.js';
import { givenPayments } from '../testing/given.js';
import { aProgram, givenCredits, release, reserve, settle } from '../testing/given-credits.js';
import { take } from './rules.js';

let payments: Awaited<ReturnType<typeof givenPayments>>;
let other: ReturnType<Awaited<ReturnType<typeof givenPayments>>['anotherInstance']>;
let given: ReturnType<typeof givenCredits>;
const program = aProgram();
beforeAll(async () => {
  payments = await givenPayments();
  other = payments.anotherInstance();
  given = givenCredits(payments, program);
});
afterAll(async () => {
  await other.stop();
  await payments.stop();
});

const either = (index: number) => (index % 2 === 0 ? payments : other).as(program);

describe('credits under parallel calls', () => {
  it('would be spent twice by two who read at once, without lock and check', async () => {
    const { viewer } = await given.withCredits(10);
    const owner = createPool({ url: payments.database.ownerUrl, max: 1 });
    const constraint = 'credit_grants_remaining';
    await owner.query(`ALTER TABLE credit_grants DROP CONSTRAINT ${constraint}`);
    const grants = () => payments.db.creditGrant.findMany({ where: { userId: viewer.id } });
    // Each takes six of the ten it saw.
    const seen = await Promise.all([grants(), grants()]);
    for (const [part] of seen.map((each) => take(each, 6)!)) {
      const data = { remaining: { decrement: part!.amount } };
      await payments.db.creditGrant.update({ where: { id: part!.grantId }, data });
    }
    expect(await grants()).toMatchObject([{ remaining: -2 }]);
    await payments.db.creditAccount.delete({ where: { userId: viewer.id } });
    await owner.query(
      `ALTER TABLE credit_grants ADD CONSTRAINT ${constraint} CHECK (amount > 0 AND remaining BETWEEN 0 AND amount)`,
    );
    await owner.end();
  });

  it('are held for exactly those who fit when fifty ask at once, of two processes', async () => {
    const ana = await given.withCredits(35);
    await given.grant(ana, 35);
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => either(index).execute(reserve, given.work(ana.publicId, 3))),
    );
    const held = answers.map(({ data }) => data.reserveCredits);
    expect(held.filter(({ reservation }) => reservation)).toHaveLength(23);
    expect(new Set(held.flatMap(({ userErrors }) => userErrors.map(({ code }: any) => code)))).toEqual(
      new Set(['INSUFFICIENT_CREDITS']),
    );
    expect(await given.balanceOf(ana)).toMatchObject({ available: 1, reserved: 69 });
    const allocated = await payments.db.creditAllocation.aggregate({
      where: { reservation: { userId: ana.viewer.id } },
      _sum: { amount: true },
    });
    expect(allocated._sum.amount).toBe(69);
  });

  it('are held once by fifty calls with one key', async () => {
    const ana = await given.withCredits(100);
    const call = given.work(ana.publicId, 3);
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => either(index).execute(reserve, call)),
    );
    const ids = answers.map(({ data }) => data.reserveCredits.reservation.id as string);
    expect(new Set(ids).size).toBe(1);
    expect(await given.balanceOf(ana)).toMatchObject({ available: 97, reserved: 3 });
  });

  it('are either settled or released when both are asked for at once', async () => {
    const ana = await given.withCredits(100);
    for (let round = 0; round < 5; round++) {
      const before = (await given.balanceOf(ana)).available;
      const { reservation } = await given.hold(ana, 6);
      const reservationId = reservation.id;
      const answers = await Promise.all(
        Array.from({ length: 8 }, (_, index) =>
          index % 2 === 0
            ? either(index / 2).execute(settle, { input: { reservationId, amount: 4 } })
            : either((index - 1) / 2).execute(release, { input: { reservationId } }),
        ),
      );
      const done = answers.filter(({ data }) => Object.values<any>(data)[0].userErrors.length === 0);
      expect(done).toHaveLength(4);
      const { status } = await payments.db.creditReservation.findUniqueOrThrow({
        where: { id: creditReservationIds.decode(reservationId) },
      });
      const cost = status === 'SETTLED' ? 4 : 0;
      expect(await given.balanceOf(ana)).toMatchObject({ available: before - cost, reserved: 0 });
    }
  });
});
