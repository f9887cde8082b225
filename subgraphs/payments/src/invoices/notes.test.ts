import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Payment } from '../__generated__/prisma/client.js';
import type { Transaction } from '../database.js';
import { inEveryOrder } from '../testing/every-order.js';
import { disputeBody, eventBody, refundBody } from '../testing/events.js';
import { givenCharges } from '../testing/given-charges.js';
import { givenPayments } from '../testing/given.js';

let payments: Awaited<ReturnType<typeof givenPayments>>;
beforeAll(async () => {
  payments = await givenPayments();
});
afterAll(() => payments.stop());

const refundOf = (name: string, amount: string) => ({
  gone: (payment: Payment) => refundBody('payment.refunded', payment, { id: name, amount }),
  back: (payment: Payment) => refundBody('refund.failed', payment, { id: name, amount }),
});
const captured = (payment: Payment) => eventBody('payment.captured', payment);
const first = refundOf('first', '300');
const second = refundOf('second', '250');
const whole = refundOf('whole', '799');
const wholeAgain = refundOf('whole_again', '799');
const kept = (payment: Payment) =>
  disputeBody('LOST', payment, { id: 'kept', amount: '150', openedAt: payment.createdAt });

const scenarios = [
  [
    'a refund that came back beside another one and what a bank keeps',
    [captured, first.gone, first.back, second.gone, kept],
    400n,
  ],
  ['two refunds that both came back', [captured, first.gone, first.back, second.gone, second.back], 0n],
  [
    'the whole, which came back and was sent again',
    [captured, whole.gone, whole.back, wholeAgain.gone],
    799n,
  ],
] as const;

/** What notes say of the invoice of a payment, and what of them is wrong in itself. */
async function notesOf(db: Transaction, { id: paymentId }: Payment) {
  const invoice = await db.invoice.findUniqueOrThrow({
    where: { paymentId },
    include: { notes: { orderBy: { id: 'asc' } } },
  });
  const sum = (field: 'totalMinor' | 'taxMinor') =>
    invoice.notes.reduce(
      (said, note) => said + (note.kind === 'DEBIT_NOTE' ? -note[field] : note[field]),
      0n,
    );
  const numbers = (kind: string) =>
    invoice.notes.filter((note) => note.kind === kind).map(({ numberInYear }) => numberInYear);
  const counted = (kind: string) => numbers(kind).map((_number, index) => index + 1);
  return {
    saidMinor: sum('totalMinor'),
    taxMinor: sum('taxMinor'),
    taxOfItMinor: (invoice.taxMinor * sum('totalMinor')) / invoice.totalMinor,
    hasGaps: ['CREDIT_NOTE', 'DEBIT_NOTE'].some((kind) => numbers(kind).join() !== counted(kind).join()),
  };
}

describe('notes about an invoice', () => {
  it.each(scenarios)(
    'say what has gone in the end, in whatever order it is told: %s',
    async (_name, told, goneMinor) => {
      const walk = async (db: Transaction) => {
        const inside = givenCharges({ ...payments, db, jobs: payments.jobsWithin(db) });
        const payment = await inside.waiting();
        await db.customer.create({
          data: {
            userId: payment.userId,
            displayName: 'Ana',
            countryCode: 'RO',
            languages: [],
            profileVersion: 1,
          },
        });
        const bodies = told.map((body) => body(payment));
        return inEveryOrder(db, {
          items: bodies,
          happens: async (body) => {
            await inside.told([body, body.replace('sbx_evt_', 'sbx_evt_again_')]);
            return [];
          },
          ends: async (order) => {
            // What did not fit when it came waits, and is looked at again.
            await inside.told(order);
            await db.$executeRaw`SET CONSTRAINTS ALL IMMEDIATE`;
            const { taxOfItMinor, ...notes } = await notesOf(db, payment);
            expect({ order, ...notes }).toEqual({
              order,
              saidMinor: goneMinor,
              taxMinor: taxOfItMinor,
              hasGaps: false,
            });
          },
        });
      };
      const orders = told.reduce((product, _body, index) => product * (index + 1), 1);
      expect(await payments.undone(walk)).toBe(orders);
    },
    480_000,
  );
});
