import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Payment } from '../__generated__/prisma/client.js';
import type { Transaction } from '../database.js';
import { subscriptionIds } from '../ids.js';
import { inEveryOrder } from '../testing/every-order.js';
import { disputeBody, eventBody, refundBody } from '../testing/events.js';
import { givenPayments } from '../testing/given.js';
import { givenCharges, permutations } from '../testing/given-charges.js';
import type { MoneyMovement } from './index.js';

const kinds = ['created', 'authorised', 'failed', 'captured', 'refunded', 'disputed'] as const;
type Kind = (typeof kinds)[number];
type Moved = Pick<MoneyMovement, 'kind' | 'amountMinor' | 'at'>;

describe('what a provider tells of a payment, in any order', () => {
  let payments: Awaited<ReturnType<typeof givenPayments>>;
  let given: ReturnType<typeof givenCharges>;
  const movements: Moved[] = [];
  beforeAll(async () => {
    payments = await givenPayments({
      listeners: [async (_tx, { kind, amountMinor, at }) => void movements.push({ kind, amountMinor, at })],
    });
    given = givenCharges(payments);
  });
  afterAll(() => payments.stop());

  const later = (minutes: number) => new Date(payments.clock.now().getTime() + minutes * 60_000);
  const bodies = (payment: Payment): Record<Kind, string> => {
    const about = (kind: Kind) => eventBody(`payment.${kind}`, payment, { at: later(kinds.indexOf(kind)) });
    const openedAt = later(kinds.indexOf('disputed'));
    return {
      created: about('created'),
      authorised: about('authorised'),
      failed: about('failed'),
      captured: about('captured'),
      refunded: refundBody('payment.refunded', payment, {
        id: `ref_${payment.id}`,
        amount: '300',
        at: later(4),
      }),
      disputed: disputeBody('OPEN', payment, { id: `dsp_${payment.id}`, amount: '499', openedAt }),
    };
  };

  /** What moved since this was last asked. */
  const heard = (): Moved[] => movements.splice(0);

  /** The same thing told again by an event of its own. */
  const again = (body: string) => body.replace(/sbx_evt_/, 'sbx_evt_again_');

  async function ending({ id, subscriptionId }: Payment, db: Transaction = payments.db) {
    const { refunds, disputes, subscription, ...payment } = await db.payment.findUniqueOrThrow({
      where: { id },
      include: { refunds: true, disputes: true, subscription: true },
    });
    return {
      payment: {
        status: payment.status,
        failure: payment.failure,
        settledAt: payment.settledAt,
        owedBackAt: payment.owedBackAt,
      },
      refunds: refunds.map(({ amountMinor, status, toldStatus, settledAt }) => ({
        amountMinor,
        status,
        toldStatus,
        settledAt,
      })),
      disputes: disputes.map(({ amountMinor, status, toldStatus, openedAt }) => ({
        amountMinor,
        status,
        toldStatus,
        openedAt,
      })),
      subscription: {
        status: subscription!.status,
        anchorAt: subscription!.anchorAt,
        failure: subscription!.paymentFailure,
      },
      messages: (await messagesOf(db, subscriptionId!)).filter((type) => type !== 'payment.failed'),
    };
  }
  async function messagesOf(db: Transaction, id: string): Promise<string[]> {
    const rows = await db.$queryRaw<{ type: string }[]>`
      SELECT type FROM kit.outbox WHERE envelope -> 'data' ->> 'subscriptionId' = ${subscriptionIds.encode(id)} ORDER BY type`;
    return rows.map(({ type }) => type);
  }

  const expected = () => ({
    payment: { status: 'CAPTURED', failure: null, settledAt: later(3), owedBackAt: null },
    refunds: [{ amountMinor: 300n, status: 'SUCCEEDED', toldStatus: 'SUCCEEDED', settledAt: later(4) }],
    disputes: [{ amountMinor: 499n, status: 'OPEN', toldStatus: 'OPEN', openedAt: later(5) }],
    subscription: { status: 'ACTIVE', anchorAt: later(3), failure: null },
    messages: ['payment.captured', 'payment.disputed', 'payment.refunded', 'subscription.activated'],
  });
  const expectedMovements = (): Moved[] => [
    { kind: 'CAPTURED', amountMinor: 799n, at: later(3) },
    { kind: 'REFUNDED', amountMinor: 300n, at: later(4) },
    { kind: 'DISPUTED', amountMinor: 499n, at: later(5) },
  ];

  it('leads to one state from every order, also when things are told again, and the money comes before it goes', async () => {
    const walk = async (db: Transaction) => {
      const inside = givenCharges({ ...payments, db, jobs: payments.jobsWithin(db) });
      const payment = await inside.waiting();
      const all = bodies(payment);
      return inEveryOrder<Kind, Moved>(db, {
        items: kinds,
        happens: async (kind, moved) => {
          await inside.told([all[kind], again(all[kind])]);
          return [...moved, ...heard()];
        },
        ends: async (order, moved) => {
          await inside.told(order.map((kind) => again(again(all[kind]))));
          // What else is seen to at the commit.
          await db.$executeRaw`SET CONSTRAINTS ALL IMMEDIATE`;
          const end = await ending(payment, db);
          expect({ order, ...end, later: heard() }).toEqual({ order, ...expected(), later: [] });
          expect(moved).toHaveLength(3);
          expect(moved).toEqual(expect.arrayContaining(expectedMovements()));
          expect(moved[0]).toMatchObject({ kind: 'CAPTURED' });
        },
      });
    };
    expect(await payments.undone(walk)).toBe(720);
  }, 480_000);

  it.each(['WON', 'LOST'] as const)(
    'tells once that a dispute was open and then %s, whatever came first',
    async (end) => {
      for (const order of permutations(['captured', 'open', 'closed'] as const)) {
        const payment = await given.waiting();
        const dispute = { id: `dsp_${payment.id}`, amount: '799', openedAt: later(5) };
        const all = {
          captured: bodies(payment).captured,
          open: disputeBody('OPEN', payment, dispute),
          closed: disputeBody(end, payment, { ...dispute, at: later(9) }),
        };
        await given.told(order.flatMap((kind) => [all[kind], again(all[kind])]));
        const { disputes, subscription } = await ending(payment);
        expect({ order, moved: heard() }).toEqual({
          order,
          moved: [
            { kind: 'CAPTURED', amountMinor: 799n, at: later(3) },
            { kind: 'DISPUTED', amountMinor: 799n, at: later(5) },
            { kind: `DISPUTE_${end}`, amountMinor: 799n, at: later(9) },
          ],
        });
        expect(disputes).toMatchObject([{ status: end, toldStatus: end }]);
        expect(subscription.status).toBe(end === 'WON' ? 'ACTIVE' : 'FAILED');
      }
    },
  );
});
