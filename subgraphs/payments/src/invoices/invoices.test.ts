import { auditLines } from '@diaspora/kit/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { invoiceIds } from '../ids.js';
import { givenPayments } from '../testing/given.js';
import {
  aKey,
  discardInvoice,
  draftInvoice,
  finaliseInvoice,
  givenInvoices,
  invoiceQuery,
  lineOf,
} from '../testing/invoices.js';

let payments: Awaited<ReturnType<typeof givenPayments>>;
let given: ReturnType<typeof givenInvoices>;
beforeAll(async () => {
  payments = await givenPayments();
  given = givenInvoices(payments);
});
afterAll(() => payments.stop());

describe('an invoice', () => {
  it('is a draft without a number, then final with one, and both sum up', async () => {
    const { publicId } = await given.customer();
    const lines = [lineOf(1_000), lineOf(333, { description: 'Ticket', quantity: 3 })];
    const draft = await given.drafted(publicId, lines);
    expect(draft).toMatchObject({ status: 'DRAFT', number: null, issuedOn: null, issuer: null });
    const { data } = await given.asChief.execute(finaliseInvoice, { input: { invoiceId: draft.id } });
    // 19.99 at 21 %: 3.47 of it is tax, shared out over the lines.
    expect(data.finaliseInvoice.invoice).toMatchObject({
      status: 'FINAL',
      number: expect.stringMatching(/^DIA-2026-\d{6}$/),
      issuedOn: '2026-06-01',
      issuer: { countryCode: 'RO' },
      recipient: { name: 'Ana Pop', countryCode: 'RO' },
      lines: [
        { position: 1, tax: { amountMinor: 174 }, net: { amountMinor: 826 } },
        {
          position: 2,
          quantity: 3,
          unitPrice: { amountMinor: 333 },
          tax: { amountMinor: 173 },
          total: { amountMinor: 999 },
        },
      ],
      taxes: [{ rateBasisPoints: 2_100, name: 'TVA', net: { amountMinor: 1652 }, tax: { amountMinor: 347 } }],
      net: { amountMinor: 1652 },
      tax: { amountMinor: 347 },
      total: { amountMinor: 1999, currency: 'EUR' },
    });
  });

  it('tells the others and the audit trail, and is finalised once however often it is asked', async () => {
    const { publicId } = await given.customer();
    const { id, number } = await given.finalised(publicId);
    const { data } = await given.asChief.execute(finaliseInvoice, { input: { invoiceId: id } });
    expect(data.finaliseInvoice.invoice.number).toBe(number);
    const told = await payments.db.$queryRaw<unknown[]>`
      SELECT envelope -> 'data' AS data FROM kit.outbox WHERE type = 'invoice.finalised' AND key = ${id}`;
    expect(told).toMatchObject([
      { data: { invoiceId: id, userId: publicId, kind: 'INVOICE', number, amountMinor: '1210' } },
    ]);
    const actions = (await auditLines(payments.db, id)).map(({ action }) => action);
    expect(actions).toEqual(['invoice.drafted', 'invoice.finalised']);
  });

  it('is drafted once for one key', async () => {
    const { publicId } = await given.customer();
    const input = { idempotencyKey: aKey(), customerId: publicId, currency: 'EUR', lines: [lineOf(500)] };
    const drafts = await Promise.all([1, 2, 3].map(() => given.asChief.execute(draftInvoice, { input })));
    expect(new Set(drafts.map(({ data }) => data.draftInvoice.invoice.id)).size).toBe(1);
    const other = { ...input, lines: [lineOf(501)] };
    const { data } = await given.asChief.execute(draftInvoice, { input: other });
    expect(data.draftInvoice.userErrors).toMatchObject([{ code: 'CONFLICT' }]);
  });

  it.each([
    ['FR', 2_000, 'TVA'],
    ['DE', 1_900, 'USt.'],
    ['US', 0, ''],
    [null, 2_100, 'TVA'],
  ])('of a customer in %p is taxed at %p', async (countryCode, rateBasisPoints, name) => {
    const { publicId } = await given.customer({ countryCode });
    expect((await given.drafted(publicId)).taxes).toMatchObject([{ rateBasisPoints, name }]);
  });

  it('is taxed at the rate of its day', async () => {
    const { publicId } = await given.customer({ countryCode: 'MD' });
    const day = (text: string) => new Date(text);
    await payments.db.taxRate.updateMany({
      where: { countryCode: 'MD' },
      data: { validUntil: day('2026-06-01') },
    });
    const next = { id: invoiceIds.create(), countryCode: 'MD', name: 'TVA', rateBasisPoints: 2_300 };
    await payments.db.taxRate.create({ data: { ...next, validFrom: day('2026-06-01') } });
    expect((await given.drafted(publicId)).taxes).toMatchObject([{ rateBasisPoints: 2_300 }]);
  });

  it('is removed as a draft and never after', async () => {
    const { publicId } = await given.customer();
    const { id: invoiceId } = await given.drafted(publicId);
    const { data } = await given.asChief.execute(discardInvoice, { input: { invoiceId } });
    expect(data.discardInvoice).toEqual({ isDiscarded: true, userErrors: [] });
    const final = await given.finalised(publicId);
    const refused = await given.asChief.execute(discardInvoice, { input: { invoiceId: final.id } });
    expect(refused.data.discardInvoice.userErrors).toMatchObject([{ code: 'INVOICE_IS_FINAL' }]);
    expect((await given.asChief.execute(invoiceQuery, { id: final.id })).data.invoice.number).toBe(
      final.number,
    );
  });
});

describe('a credit note', () => {
  it('has a series of its own, names the invoice, and takes its tax back exactly', async () => {
    const { publicId } = await given.customer();
    const invoice = await given.finalised(publicId, [lineOf(1_000), lineOf(999)]);
    const first = await given.credited(invoice.id, '500');
    const rest = await given.credited(invoice.id);
    expect(first.invoice).toMatchObject({
      kind: 'CREDIT_NOTE',
      number: expect.stringMatching(/^DIA-CN-2026-\d{6}$/),
      creditedInvoice: { id: invoice.id },
      total: { amountMinor: 500 },
    });
    const taxes = [first, rest].map(({ invoice: note }) => Number(note.tax.amountMinor));
    expect(taxes[0]! + taxes[1]!).toBe(Number(invoice.tax.amountMinor));
    const { data } = await given.asChief.execute(invoiceQuery, { id: invoice.id });
    expect(data.invoice).toMatchObject({
      credited: { amountMinor: 1999 },
      creditNotes: [{ id: first.invoice.id }, { id: rest.invoice.id }],
    });
  });

  it.each(['1211', '0'])('over %s of 1210 is refused', async (amountMinor) => {
    const { publicId } = await given.customer();
    const invoice = await given.finalised(publicId);
    const { invoice: note, userErrors } = await given.credited(invoice.id, amountMinor);
    expect(note).toBeNull();
    expect(userErrors).toMatchObject([{ path: ['amountMinor'] }]);
  });

  it('of twenty at once over a tenth each, ten are written', async () => {
    const { publicId } = await given.customer();
    const invoice = await given.finalised(publicId);
    const notes = await Promise.all(Array.from({ length: 20 }, () => given.credited(invoice.id, '121')));
    expect(notes.filter(({ invoice: note }) => note)).toHaveLength(10);
    const refused = notes.flatMap(({ userErrors }) => userErrors.map(({ code }: { code: string }) => code));
    expect(refused).toEqual(Array(10).fill('CREDIT_EXCEEDS_INVOICE'));
  });

  it('is not about a draft or another credit note', async () => {
    const { publicId } = await given.customer();
    const draft = await given.drafted(publicId);
    const note = (await given.credited((await given.finalised(publicId)).id)).invoice;
    for (const { id } of [draft, note])
      expect((await given.credited(id)).userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
  });
});
