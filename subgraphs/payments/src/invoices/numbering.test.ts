import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { givenPayments } from '../testing/given.js';
import { givenOrders } from '../testing/orders.js';

let payments: Awaited<ReturnType<typeof givenPayments>>;
let orders: ReturnType<typeof givenOrders>;
/** Whether somebody else could take a number, and count, by what the transaction of a capture had done by then. */
const free: Record<string, { numbers: boolean; days: boolean }> = {};
async function look(step: string): Promise<void> {
  free[step] = await payments.db.$transaction(async (other) => {
    const numbers = await other.$queryRaw<unknown[]>`SELECT 1 FROM invoice_counters FOR UPDATE SKIP LOCKED`;
    const days = await other.$queryRaw<unknown[]>`SELECT 1 FROM revenue_days FOR UPDATE SKIP LOCKED`;
    return { numbers: numbers.length > 0, days: days.length > 0 };
  });
}
beforeAll(async () => {
  payments = await givenPayments({
    listeners: [(_tx, { kind }) => look(kind)],
    afterStep: (step) => look(step),
  });
  orders = givenOrders(payments);
});
afterAll(() => payments.stop());

describe('the number of an invoice, and the counters of a day', () => {
  it('are taken when everything else of the payment is done, so that nobody waits for that', async () => {
    await orders.paid();
    expect([await payments.db.invoiceCounter.count(), await payments.db.revenueDay.count()]).toEqual([1, 1]);
    for (const step of Object.keys(free)) delete free[step];
    await orders.paid();
    const both = { numbers: true, days: true };
    expect(free).toMatchObject({ CAPTURED: both, FEE: both, 'before:order.captured': both });
    const numbers = await payments.db.invoice.findMany({ orderBy: { numberInYear: 'asc' } });
    expect(numbers.map(({ numberInYear }) => numberInYear)).toEqual([1, 2]);
  });
});
