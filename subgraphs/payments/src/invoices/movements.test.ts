import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { invoiceIds, refundIds } from '../ids.js';
import { post, refundBody, signedByStripe } from '../testing/events.js';
import { cards, givenPayments } from '../testing/given.js';
import { givenInvoices, invoiceQuery } from '../testing/invoices.js';
import { givenOrders } from '../testing/orders.js';

let payments: Awaited<ReturnType<typeof givenPayments>>;
let orders: ReturnType<typeof givenOrders>;
beforeAll(async () => {
  payments = await givenPayments();
  orders = givenOrders(payments);
});
afterAll(() => payments.stop());

/** The provider says so, and it is worked on. */
async function tell(body: string): Promise<void> {
  expect(await post(payments.webhookUrl, body, signedByStripe(body, payments.clock.now()))).toBe(200);
  await payments.jobs.drain('processProviderEvent');
}

const documentsOf = (customerId: string) =>
  payments.db.invoice.findMany({ where: { customerId }, orderBy: { id: 'asc' } });

/** The notes among them, as they were written. */
const notesOf = async (customerId: string) =>
  (await documentsOf(customerId)).slice(1).map(({ kind, totalMinor }) => `${kind} ${totalMinor}`);

describe('money that moves', () => {
  it('is invoiced when it comes in, once, and a report that comes twice changes nothing', async () => {
    const { viewer, key } = await payments.given.subscriber(cards.reportedBadly);
    const [payment] = await payments.db.payment.findMany({ where: { subscriptionId: key } });
    expect(await documentsOf(viewer.id)).toMatchObject([
      { kind: 'INVOICE', status: 'FINAL', paymentId: payment!.id, totalMinor: payment!.amountMinor },
    ]);
  });

  it('is not invoiced when the card is declined, and no number is lost', async () => {
    const { viewer } = await payments.given.subscriber(cards.declined);
    const after = await payments.given.subscriber();
    expect(await documentsOf(viewer.id)).toEqual([]);
    const final = await payments.db.invoice.findMany({ where: { kind: 'INVOICE', status: 'FINAL' } });
    const [last] = await documentsOf(after.viewer.id);
    expect(last!.numberInYear).toBe(final.length);
  });

  it('is credited when the bank keeps it, up to what is left of the invoice', async () => {
    const given = givenInvoices(payments);
    const { viewer, key } = await payments.given.subscriber(cards.disputed);
    await payments.jobs.drain();
    const [payment] = await payments.db.payment.findMany({ where: { subscriptionId: key } });
    const [invoice, note] = await documentsOf(viewer.id);
    expect(note).toMatchObject({
      kind: 'CREDIT_NOTE',
      creditedInvoiceId: invoice!.id,
      totalMinor: payment!.amountMinor,
    });
    expect(note!.netMinor).toBe(invoice!.netMinor);
    expect((await given.credited(invoiceIds.encode(invoice!.id))).userErrors).toMatchObject([
      { code: 'CREDIT_EXCEEDS_INVOICE' },
    ]);
  });

  it('goes back and is recorded whatever was credited by hand before', async () => {
    const given = givenInvoices(payments);
    const { viewer, key } = await payments.given.subscriber();
    const payment = await payments.db.payment.findFirstOrThrow({ where: { subscriptionId: key } });
    const [invoice] = await documentsOf(viewer.id);
    await given.credited(invoiceIds.encode(invoice!.id), '500');
    await tell(refundBody('payment.refunded', payment, { id: 'by_hand_1', amount: '700' }));
    expect((await documentsOf(viewer.id)).slice(1).map(({ totalMinor }) => totalMinor)).toEqual([500n, 299n]);
    await tell(refundBody('payment.refunded', payment, { id: 'by_hand_2', amount: '99' }));
    const refunds = await payments.db.refund.findMany({ where: { paymentId: payment.id } });
    expect(refunds.map(({ status }) => status)).toEqual(['SUCCEEDED', 'SUCCEEDED']);
    expect(await documentsOf(viewer.id)).toHaveLength(3);
  });

  it('is credited again where a refund came back, was debited and made again', async () => {
    const order = await orders.paid({ total: 2_000n });
    const refundId = refundIds.create();
    await order.refund(500n, refundId);
    await payments.jobs.drain();
    const { id: paymentId } = await payments.db.payment.findFirstOrThrow({ where: { orderId: order.key } });
    const payment = await payments.db.payment.findUniqueOrThrow({ where: { id: paymentId } });
    const reference = refundIds.encode(refundId);
    const { providerRefundId } = await payments.db.refund.findUniqueOrThrow({ where: { id: refundId } });
    await tell(refundBody('refund.failed', payment, { id: providerRefundId!, amount: '500', reference }));
    await order.refund(500n, refundId);
    await payments.jobs.drain();
    const made = await payments.db.refund.findMany({ where: { paymentId }, orderBy: { id: 'asc' } });
    expect(made.map(({ status }) => status)).toEqual(['FAILED', 'SUCCEEDED']);
    expect(await notesOf(order.buyer.id)).toEqual(['CREDIT_NOTE 500', 'DEBIT_NOTE 500', 'CREDIT_NOTE 500']);
  });

  /** A refund of 300 that was made at the provider by hand, and that the bank sent back. */
  async function returned() {
    const { viewer, key } = await payments.given.subscriber();
    const payment = await payments.db.payment.findFirstOrThrow({ where: { subscriptionId: key } });
    const byHand = (id: string) => refundBody('payment.refunded', payment, { id, amount: '300' });
    await tell(byHand(`first_${payment.id}`));
    await tell(refundBody('refund.failed', payment, { id: `first_${payment.id}`, amount: '300' }));
    return { payment, byHand, notes: () => notesOf(viewer.id) };
  }

  it('is owed again where a refund by hand came back, and credited anew when it is made by hand again', async () => {
    const { payment, byHand, notes } = await returned();
    expect(await notes()).toEqual(['CREDIT_NOTE 300', 'DEBIT_NOTE 300']);
    await tell(byHand(`again_${payment.id}`));
    expect((await notes()).slice(2)).toEqual(['CREDIT_NOTE 300']);
    await tell(refundBody('payment.refunded', payment, { id: `more_${payment.id}`, amount: '200' }));
    expect((await notes()).slice(3)).toEqual(['CREDIT_NOTE 200']);
  });

  it('is credited once when it is told in several ways at once that it was made by hand again', async () => {
    const { payment, byHand, notes } = await returned();
    for (let event = 0; event < 4; event += 1) {
      const body = byHand(`again_${payment.id}`);
      await post(payments.webhookUrl, body, signedByStripe(body, payments.clock.now()));
    }
    const jobs = await payments.jobs.take('processProviderEvent');
    await Promise.all([...jobs, ...jobs].map(payments.jobs.run));
    expect((await notes()).slice(2)).toEqual(['CREDIT_NOTE 300']);
    const gone = { paymentId: payment.id, status: 'SUCCEEDED' } as const;
    expect(await payments.db.refund.count({ where: gone })).toBe(1);
  });

  it('is owed again as far as it was credited, and both are read with the invoice', async () => {
    const given = givenInvoices(payments);
    const { viewer, key } = await payments.given.subscriber();
    const payment = await payments.db.payment.findFirstOrThrow({ where: { subscriptionId: key } });
    const [invoice] = await documentsOf(viewer.id);
    await given.credited(invoiceIds.encode(invoice!.id), '500');
    await tell(refundBody('payment.refunded', payment, { id: 'by_hand_3', amount: '700' }));
    await tell(refundBody('refund.failed', payment, { id: 'by_hand_3', amount: '700' }));
    expect(await notesOf(viewer.id)).toEqual(['CREDIT_NOTE 500', 'CREDIT_NOTE 299', 'DEBIT_NOTE 299']);
    const ids = (await documentsOf(viewer.id)).map(({ id }) => ({ id: invoiceIds.encode(id) }));
    const { data } = await payments.as(viewer).execute(invoiceQuery, { id: ids[0]!.id });
    expect(data.invoice).toMatchObject({
      credited: { amountMinor: 500 },
      creditNotes: ids.slice(1, 3),
      debitNotes: ids.slice(3),
    });
    expect((await given.credited(ids[0]!.id)).invoice).toMatchObject({ total: { amountMinor: 299 } });
  });
});

describe('money for tickets', () => {
  const line = (description: string, quantity: number, unitAmountMinor: number) => ({
    description,
    quantity,
    unitAmountMinor: `${unitAmountMinor}`,
    amountMinor: `${quantity * unitAmountMinor}`,
  });
  /** An order that is paid, of a customer in a country. */
  async function sold(lines: ReturnType<typeof line>[], countryCode: string) {
    const { viewer, publicId } = await givenInvoices(payments).customer({ countryCode });
    const total = lines.reduce((sum, { amountMinor }) => sum + BigInt(amountMinor), 0n);
    const order = givenOrders(payments).wish({ total, lines, buyerId: publicId });
    await order.request();
    await order.pay(cards.succeeds, viewer);
    await payments.jobs.drain();
    return { order, viewer, total };
  }
  const linesOf = (invoiceId: string) =>
    payments.db.invoiceLine.findMany({ where: { invoiceId }, orderBy: { position: 'asc' } });

  it('is invoiced by what was sold, at the rate of the country of the buyer', async () => {
    const { viewer, total } = await sold([line('Standard', 2, 1_000), line('Front row', 1, 1_570)], 'RO');
    const [invoice, ...others] = await documentsOf(viewer.id);
    expect(others).toEqual([]);
    expect(invoice).toMatchObject({ kind: 'INVOICE', totalMinor: total, countryCode: 'RO' });
    expect(await linesOf(invoice!.id)).toMatchObject([
      { description: 'Standard', quantity: 2, unitAmountMinor: 1_000n, totalMinor: 2_000n },
      { description: 'Front row', quantity: 1, unitAmountMinor: 1_570n, totalMinor: 1_570n },
    ]);
    expect(invoice!.netMinor + invoice!.taxMinor).toBe(total);
    expect(invoice!.taxMinor > 0n).toBe(true);
  });

  it('has discounts taken off what they are on, to the last unit, and no line of them', async () => {
    const lines = [line('Standard', 2, 1_000), line('Discount', 1, -667), line('Front row', 1, 500)];
    const { viewer, total } = await sold(lines, 'US');
    const [invoice] = await documentsOf(viewer.id);
    expect(invoice).toMatchObject({ totalMinor: total, netMinor: total, taxMinor: 0n });
    const printed = await linesOf(invoice!.id);
    expect(printed.map(({ description, totalMinor }) => [description, totalMinor])).toEqual([
      ['Standard', 1_466n],
      ['Front row', 367n],
    ]);
  });

  it('is credited by what goes back, and the whole of it with all of its tax', async () => {
    const { order, viewer, total } = await sold([line('Standard', 3, 333)], 'RO');
    for (const amount of [100n, total - 100n]) await order.refund(amount);
    await payments.jobs.drain();
    const [invoice, ...notes] = await documentsOf(viewer.id);
    expect(notes.map(({ kind, totalMinor }) => [kind, totalMinor])).toEqual([
      ['CREDIT_NOTE', 100n],
      ['CREDIT_NOTE', total - 100n],
    ]);
    const sum = (field: 'taxMinor' | 'netMinor') => notes.reduce((all, note) => all + note[field], 0n);
    expect([sum('taxMinor'), sum('netMinor')]).toEqual([invoice!.taxMinor, invoice!.netMinor]);
  });
});
