import { formatMoney } from '@diaspora/kit';
import type { InvoiceLanguage } from '../../billing/index.js';
import { createPaper, type Column } from './paper.js';
import { words as allWords, type Words } from './words.js';

interface Party {
  readonly name: string | null;
  readonly address: string | null;
  readonly taxId: string | null;
  readonly email?: string | null;
}

interface Sums {
  readonly netMinor: bigint;
  readonly taxMinor: bigint;
  readonly totalMinor: bigint;
}

/** All that is printed of a final invoice. */
export interface PrintedInvoice extends Sums {
  readonly kind: keyof Words['kinds'];
  readonly number: string;
  readonly creditedNumber: string | null;
  readonly issuedOn: Date;
  readonly finalisedAt: Date;
  readonly language: InvoiceLanguage;
  readonly currency: string;
  readonly issuer: Party;
  /** Null once it was erased. */
  readonly recipient: Party | null;
  readonly lines: readonly {
    readonly description: string;
    readonly quantity: number;
    readonly unitAmountMinor: bigint;
    readonly totalMinor: bigint;
    readonly rateBasisPoints: number;
  }[];
  readonly taxes: readonly (Sums & { readonly name: string; readonly rateBasisPoints: number })[];
}

type Paper = ReturnType<typeof createPaper>;

const columns = {
  position: { start: 0, width: 24 },
  description: { start: 28, width: 218 },
  quantity: { start: 250, width: 44 },
  unitPrice: { start: 298, width: 80 },
  rate: { start: 382, width: 42 },
  amount: { start: 428, width: 71 },
} satisfies Record<string, Column>;

/** What the document is called: kind and number in its language. */
export const titleOf = ({
  kind,
  number,
  language,
}: Pick<PrintedInvoice, 'kind' | 'number' | 'language'>): string =>
  `${allWords[language].kinds[kind]} ${number}`;

/** The PDF of an invoice: the same bytes whenever it is written. */
export async function renderInvoice(invoice: PrintedInvoice): Promise<Buffer> {
  const words = allWords[invoice.language];
  const paper = createPaper({
    title: titleOf(invoice),
    language: invoice.language,
    author: invoice.issuer.name ?? '',
    writtenAt: invoice.finalisedAt,
    direction: words.direction,
  });
  const afterHead = writeHead(paper, words, invoice);
  const afterLines = writeLines(paper, words, invoice, afterHead + 18);
  writeSums(paper, words, invoice, afterLines);
  return paper.finish((page, pages) => {
    const style = { size: 8, colour: '#666666' };
    const half = paper.width / 2;
    paper.write(invoice.number, paper.bottom + 8, { start: 0, width: half }, style);
    paper.write(
      words.page(page, pages),
      paper.bottom + 8,
      { start: half, width: half },
      { ...style, align: 'end' },
    );
  });
}

const money = (words: Words, amountMinor: bigint, currency: string) =>
  formatMoney({ amountMinor, currency }, words.locale);

const rateText = (words: Words, rateBasisPoints: number) =>
  new Intl.NumberFormat(words.locale, { style: 'percent', maximumFractionDigits: 2 }).format(
    rateBasisPoints / 10_000,
  );

/** Who sold what kind of document to whom. Answers where the lines may begin. */
function writeHead(paper: Paper, words: Words, invoice: PrintedInvoice): number {
  const start = { start: 0, width: 280 };
  const end = { start: 290, width: paper.width - 290 };
  const day = new Intl.DateTimeFormat(words.locale, { dateStyle: 'long', timeZone: 'UTC' }).format(
    invoice.issuedOn,
  );
  let right = paper.write(words.kinds[invoice.kind], paper.top, end, { size: 20, weight: 700, align: 'end' });
  const facts = [
    `${words.number}: ${invoice.number}`,
    `${words.date}: ${day}`,
    ...(invoice.creditedNumber ? [`${words.noteFor}: ${invoice.creditedNumber}`] : []),
  ];
  for (const fact of facts) right = paper.write(fact, right, end, { align: 'end' });
  let y = writeParty(paper, words, invoice.issuer, paper.top, start);
  y = Math.max(y, right) + 24;
  y = paper.write(words.billedTo, y, start, { size: 9, colour: '#666666' });
  return writeParty(paper, words, invoice.recipient ?? { name: '—', address: null, taxId: null }, y, start);
}

function writeParty(paper: Paper, words: Words, party: Party, top: number, column: Column): number {
  let y = paper.write(party.name ?? '', top, column, { size: 12, weight: 700 });
  if (party.address) y = paper.write(party.address, y, column);
  if (party.taxId) y = paper.write(`${words.taxId}: ${party.taxId}`, y, column);
  return party.email ? paper.write(party.email, y, column) : y;
}

/** The lines, on as many pages as they need, under the same heads. Answers where the sums may begin. */
function writeLines(paper: Paper, words: Words, invoice: PrintedInvoice, top: number): number {
  const heads = (y: number) => {
    const style = { size: 9, weight: 700 } as const;
    paper.write('#', y, columns.position, style);
    paper.write(words.description, y, columns.description, style);
    for (const [column, text] of [
      [columns.quantity, words.quantity],
      [columns.unitPrice, words.unitPrice],
      [columns.rate, words.taxRate],
      [columns.amount, words.amount],
    ] as const)
      paper.write(text, y, column, { ...style, align: 'end' });
    paper.rule(y + 16, '#222222');
    return y + 22;
  };
  let y = heads(top);
  for (const [index, line] of invoice.lines.entries()) {
    const height = paper.heightOf(line.description, columns.description);
    if (y + height > paper.bottom) {
      paper.addPage();
      y = heads(paper.top);
    }
    const amounts = [
      [columns.quantity, new Intl.NumberFormat(words.locale).format(line.quantity)],
      [columns.unitPrice, money(words, line.unitAmountMinor, invoice.currency)],
      [columns.rate, rateText(words, line.rateBasisPoints)],
      [columns.amount, money(words, line.totalMinor, invoice.currency)],
    ] as const;
    paper.write(String(index + 1), y, columns.position, { colour: '#666666' });
    paper.write(line.description, y, columns.description);
    for (const [column, text] of amounts) paper.write(text, y, column, { align: 'end' });
    y += height;
  }
  paper.rule(y + 4);
  return y + 12;
}

/** What of it is tax, rate by rate, and what it comes to. Stays together on one page. */
function writeSums(paper: Paper, words: Words, invoice: PrintedInvoice, top: number): void {
  const rows = [
    ...invoice.taxes.map(
      ({ name, rateBasisPoints, netMinor, taxMinor }) =>
        [
          `${words.direction === 'rtl' ? '\u200f' : ''}${name || words.tax} ${rateText(words, rateBasisPoints)} (${words.net} ${money(words, netMinor, invoice.currency)})`,
          taxMinor,
        ] as const,
    ),
    [words.net, invoice.netMinor] as const,
    [words.tax, invoice.taxMinor] as const,
  ];
  let y = top;
  if (y + rows.length * 14 + 60 > paper.bottom) {
    paper.addPage();
    y = paper.top;
  }
  const label = { start: 150, width: 250 };
  const amount = { start: 404, width: paper.width - 404 };
  for (const [text, amountMinor] of rows) {
    paper.write(text, y, label, { align: 'end' });
    y = paper.write(money(words, amountMinor, invoice.currency), y, amount, { align: 'end' });
  }
  const bold = { size: 12, weight: 700, align: 'end' } as const;
  paper.write(words.total, y + 4, label, bold);
  y = paper.write(money(words, invoice.totalMinor, invoice.currency), y + 4, amount, bold);
  paper.write(words.included, y + 10, { start: 0, width: paper.width }, { size: 8, colour: '#666666' });
}
