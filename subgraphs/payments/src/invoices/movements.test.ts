import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { invoiceIds } from '../ids.js';
import { cards, givenPayments } from '../testing/given.js';
import { givenInvoices } from '../testing/invoices.js';

let payments: Awaited<ReturnType<typeof givenPayments>>;
beforeAll(async () => {
  payments = await givenPayments();
});
afterAll(() => payments.stop());

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
});
