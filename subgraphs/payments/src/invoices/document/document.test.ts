import { describe, expect, it } from '@jest/globals';
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { splitTax, sums, sumsByRate } from '../rules.js';
import { renderInvoice, type PrintedInvoice } from './render.js';

type Overrides = Partial<Omit<PrintedInvoice, 'lines'>> & { readonly descriptions?: readonly string[] };

function anInvoice({ descriptions = ['Premium'], ...overrides }: Overrides = {}): PrintedInvoice {
  const lines = splitTax(
    descriptions.map((description) => ({
      ...{ description, quantity: 1, unitAmountMinor: 1_210n },
      ...{ totalMinor: 1_210n, rateBasisPoints: 2_100 },
    })),
  );
  return {
    kind: 'INVOICE',
    number: 'DIA-2026-000042',
    creditedNumber: null,
    issuedOn: new Date('2026-06-01'),
    finalisedAt: new Date('2026-06-01T12:00:00.000Z'),
    language: 'en',
    currency: 'EUR',
    issuer: { name: 'Diaspora SRL', address: 'Bulevardul Unirii 1\n030823 București', taxId: 'RO12345678' },
    recipient: { name: 'Ana Pop', address: null, taxId: null },
    lines,
    taxes: sumsByRate(lines).map((sum) => ({ ...sum, name: 'TVA' })),
    ...sums(lines),
    ...overrides,
  };
}

/** What a foreign parser reads, page by page, without spaces: it puts those where it likes. */
async function read(pdf: Buffer): Promise<string[]> {
  const document = await getDocument({ data: new Uint8Array(pdf), verbosity: 0 }).promise;
  const pages: string[] = [];
  for (let number = 1; number <= document.numPages; number += 1) {
    const { items } = await (await document.getPage(number)).getTextContent();
    pages.push(items.map((item) => ('str' in item ? item.str : '')).join(''));
  }
  await document.destroy();
  return pages.map((page) => page.replace(/\s/g, ''));
}

const squeezed = (text: string) => text.replace(/\s/g, '');

describe('the document of an invoice', () => {
  it.each([
    [
      'en',
      ['Invoice', 'Number: DIA-2026-000042', '1 June 2026', '€12.10', 'TVA 21%', '€2.10', 'Page 1 of 1'],
    ],
    ['fr', ['Facture', 'Facturé à', '1 juin 2026', '12,10 €', 'Page 1 sur 1']],
    [
      'ro',
      [
        'Factură',
        'Facturat către',
        '1 iunie 2026',
        '12,10 EUR',
        'Preț unitar',
        'Toate prețurile includ taxele.',
      ],
    ],
    ['de', ['Rechnung', '1. Juni 2026', '12,10 €', 'Alle Preise enthalten die Steuer.']],
  ] as const)('says in %s what it has to', async (language, texts) => {
    const [page] = await read(
      await renderInvoice(
        anInvoice({ language, recipient: { name: 'Ștefan Țăranu', address: 'Iași', taxId: null } }),
      ),
    );
    for (const text of [...texts, 'Ștefan Țăranu', '030823 București', 'RO12345678'])
      expect(page).toContain(squeezed(text));
  });

  it('is Arabic from right to left, with the letters that were written', async () => {
    const recipient = { name: 'ليلى الحسن', address: 'بيروت، لبنان', taxId: null };
    const descriptions = ['اشتراك Premium لمدة شهر'];
    const pdf = await renderInvoice(anInvoice({ language: 'ar', recipient, descriptions }));
    const letters = (await read(pdf))[0]!;
    // Where words begin and in which order they come is each parser's guess; which letters there are is not.
    for (const word of [
      'بيروت',
      'لبنان',
      'ليلى',
      'الحسن',
      'اشتراك',
      'فاتورة',
      'الضريبة',
      'الإجمالي',
      'يونيو',
    ])
      expect([...word].every((letter) => letters.includes(letter))).toBe(true);
    expect(letters).toContain('DIA-2026-000042');
    expect(letters).toContain('Premium');
    expect(letters).not.toMatch(/[\ufb50-\ufdff\ufe70-\ufefc]/);
  });

  it('has as many pages as it needs, each with heads and its number, and loses no line', async () => {
    const descriptions = Array.from(
      { length: 200 },
      (_, index) => `Ticket no. ${index + 1} of the gala in București, with dinner and a seat`,
    );
    const pages = await read(await renderInvoice(anInvoice({ descriptions })));
    expect(pages.length).toBeGreaterThan(5);
    pages.forEach((page, index) => {
      expect(page).toContain(squeezed(`Page ${index + 1} of ${pages.length}`));
      expect(page).toContain('DIA-2026-000042');
    });
    const all = pages.join('');
    for (const description of descriptions) expect(all).toContain(squeezed(description).slice(0, 20));
    expect(all).toContain('€2,420.00');
  }, 60_000);

  it('is the same bytes whenever it is written', async () => {
    const [one, other] = [
      await renderInvoice(anInvoice({ language: 'ar' })),
      await renderInvoice(anInvoice({ language: 'ar' })),
    ];
    expect(one.equals(other)).toBe(true);
  });

  it.each([
    ['CREDIT_NOTE', 'Credit note'],
    ['DEBIT_NOTE', 'Debit note'],
  ] as const)('of a %s names the invoice, and nobody once they were taken off it', async (kind, title) => {
    const note = anInvoice({
      kind,
      number: 'DIA-XN-2026-000001',
      creditedNumber: 'DIA-2026-000042',
      recipient: null,
    });
    const [page] = await read(await renderInvoice(note));
    expect(page).toContain(squeezed('For invoice: DIA-2026-000042'));
    expect(page).toContain(squeezed(title));
    expect(page).not.toContain('Ana');
  });

  it('is written for a word that is wider than its column, and for a sign that no font has', async () => {
    const long = 'ж'.repeat(200);
    const [page] = await read(await renderInvoice(anInvoice({ descriptions: [`${long} 🎉`] })));
    expect(page!.match(/ж/g)).toHaveLength(200);
  });
});
