import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { givenPayments } from '../testing/given.js';
import { givenOrders } from '../testing/orders.js';

let payments: Awaited<ReturnType<typeof givenPayments>>;
let orders: ReturnType<typeof givenOrders>;
/** Whether somebody else could take a number, by what the transaction of a capture had done by then. */
const free: Record<string, boolean> = {};
async function look(step: string): Promise<void> {
  free[step] = await payments.db.$transaction(async (other) => {
    const rows = await other.$queryRaw<unknown[]>`SELECT 1 FROM invoice_counters FOR UPDATE SKIP LOCKED`;
    return rows.length > 0;
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

describe('the number of an invoice', () => {
  it('is taken when everything else of the payment is done, so that nobody waits for that', async () => {
    await orders.paid();
    expect(await payments.db.invoiceCounter.count()).toBe(1);
    for (const step of Object.keys(free)) delete free[step];
    await orders.paid();
    expect(free).toMatchObject({ CAPTURED: true, FEE: true, 'before:order.captured': true });
    const numbers = await payments.db.invoice.findMany({ orderBy: { numberInYear: 'asc' } });
    expect(numbers.map(({ numberInYear }) => numberInYear)).toEqual([1, 2]);
  });
});
