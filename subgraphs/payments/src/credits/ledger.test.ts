import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { givenPayments } from '../testing/given.js';
import { aProgram, givenCredits } from '../testing/given-credits.js';

let payments: Awaited<ReturnType<typeof givenPayments>>;
let given: ReturnType<typeof givenCredits>;
beforeAll(async () => {
  payments = await givenPayments();
  given = givenCredits(payments, aProgram());
});
afterAll(() => payments.stop());

type Step =
  | { readonly do: 'grant'; readonly amount: number; readonly minutes: number | null }
  | { readonly do: 'hold'; readonly amount: number; readonly minutes: number }
  | { readonly do: 'settle'; readonly which: number; readonly share: number }
  | { readonly do: 'release'; readonly which: number }
  | { readonly do: 'wait'; readonly minutes: number }
  | { readonly do: 'sweep' };

const minutes = fc.integer({ min: 1, max: 30 });
const amount = fc.integer({ min: 1, max: 20 });
const which = fc.nat({ max: 20 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('grant' as const), amount, minutes: fc.option(minutes) }),
  fc.record({ do: fc.constant('hold' as const), amount, minutes }),
  fc.record({ do: fc.constant('settle' as const), which, share: fc.integer({ min: 0, max: 4 }) }),
  fc.record({ do: fc.constant('release' as const), which }),
  fc.record({ do: fc.constant('wait' as const), minutes }),
  fc.record({ do: fc.constant('sweep' as const) }),
);

/** Grants, settled and held credits as they are stored, of which none is a balance. */
async function facts(userId: string) {
  const now = payments.clock.now();
  const reservations = await payments.db.creditReservation.findMany({
    where: { userId },
    include: { allocations: true },
  });
  const grants = await payments.db.creditGrant.findMany({ where: { userId } });
  const lasting = new Set(
    grants.filter(({ expiresAt }) => !expiresAt || expiresAt > now).map(({ id }) => id),
  );
  const sum = (amounts: number[]) => amounts.reduce((total, each) => total + each, 0);
  const allocated = (chosen: typeof reservations) =>
    sum(
      chosen.flatMap(({ allocations }) =>
        allocations.filter(({ grantId }) => lasting.has(grantId)).map((each) => each.amount),
      ),
    );
  return {
    granted: sum(grants.filter(({ id }) => lasting.has(id)).map((each) => each.amount)),
    settled: allocated(reservations.filter(({ status }) => status === 'SETTLED')),
    reserved: allocated(
      reservations.filter(({ status, expiresAt }) => status === 'RESERVED' && expiresAt > now),
    ),
  };
}

/** The balance out of nothing but the history, once time is written into it. */
async function rebuilt(userId: string): Promise<number> {
  await payments.jobs.runTask('writeOverdueCredits');
  const { _sum } = await payments.db.creditEntry.aggregate({ where: { userId }, _sum: { amount: true } });
  return _sum.amount ?? 0;
}

describe('whatever is granted, held, settled, released and ended, in any order', () => {
  it('the balance is what was granted less what is settled and held, never below zero, and its history adds up', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 14 }), async (steps) => {
        const ana = given.person();
        const held: { id: string; amount: number }[] = [];
        const apply: { [Kind in Step['do']]: (step: Extract<Step, { do: Kind }>) => Promise<unknown> } = {
          grant: (each) =>
            given.grant(
              ana,
              each.amount,
              each.minutes === null
                ? undefined
                : new Date(payments.clock.now().getTime() + each.minutes * 60_000),
            ),
          hold: async (each) => {
            const { reservation } = await given.hold(ana, each.amount, { holdSeconds: each.minutes * 60 });
            if (reservation) held.push(reservation);
          },
          settle: async (each) => {
            const reservation = held[each.which % held.length];
            if (reservation)
              await given.settled(reservation.id, Math.floor((reservation.amount * each.share) / 4));
          },
          release: async (each) => {
            const reservation = held[each.which % held.length];
            if (reservation) await given.released(reservation.id);
          },
          wait: (each) => Promise.resolve(payments.clock.advance(each.minutes * 60_000)),
          sweep: () => payments.jobs.runTask('writeOverdueCredits'),
        };
        for (const each of steps) {
          await apply[each.do](each as never);
          const { available } = await given.balanceOf(ana);
          const { granted, settled, reserved } = await facts(ana.viewer.id);
          expect(available).toBe(granted - settled - reserved);
          expect(available).toBeGreaterThanOrEqual(0);
        }
        const { available } = await given.balanceOf(ana);
        expect(await rebuilt(ana.viewer.id)).toBe(available);
        expect((await given.balanceOf(ana)).available).toBe(available);
      }),
      { numRuns: 25 },
    );
  }, 120_000);
});
