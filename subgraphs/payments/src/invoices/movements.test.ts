import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { invoiceIds, refundIds } from '../ids.js';
import { post, refundBody, signedByStripe } from '../testing/events.js';
import { cards, givenPayments } from '../testing/given.js';
import { givenInvoices } from '../testing/invoices.js';
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

  it('is credited once where a refund came back and was made again', async () => {
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
    const notes = (await documentsOf(order.buyer.id)).filter(({ kind }) => kind === 'CREDIT_NOTE');
    expect(notes.map(({ totalMinor }) => totalMinor)).toEqual([500n]);
  });
});
