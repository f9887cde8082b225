import type { Clock } from '@diaspora/kit';
import type { Recipient } from '../billing/index.js';
import type { Invoice, InvoiceIssuer } from '../__generated__/prisma/client.js';
import type { Transaction } from '../database.js';
import { invoiceIds } from '../ids.js';
import {
  dayIn,
  splitTax,
  sums,
  sumsByRate,
  type CreditedLine,
  type NotedLine,
  type Split,
  type Taxed,
} from './rules.js';

interface Line {
  readonly description: string;
  readonly quantity: number;
  readonly unitAmountMinor: bigint;
  readonly totalMinor: bigint;
}

export interface NewInvoice {
  readonly customerId: string;
  readonly currency: string;
  /** The payment that it documents: for one payment there is one invoice. */
  readonly paymentId?: string | undefined;
  /** Amounts include tax. */
  readonly lines: readonly Line[];
}

interface Parts {
  readonly lines: readonly (Line & Taxed & Split & { readonly position: number })[];
  readonly taxName: (rateBasisPoints: number) => string;
  readonly recipient: Pick<Recipient, 'name' | 'address' | 'taxId' | 'isGiven'>;
}

/** Invoices, and notes about them, without a number. */
export function createDrafting({ clock }: { readonly clock: Clock }) {
  /** Sold by whoever sells where the customer is, at the rate of that country today. */
  async function draft(tx: Transaction, given: NewInvoice, recipient: Recipient): Promise<Invoice> {
    const { lines, ...invoice } = given;
    const { countryCode, language, ...printed } = recipient;
    const issuer = await issuerFor(tx, countryCode);
    const today = dayIn(issuer.timeZone, clock.now());
    const { name, rateBasisPoints } = await rateOf(tx, countryCode ?? issuer.countryCode, today);
    const taxed = splitTax(lines.map((line, index) => ({ ...line, position: index + 1, rateBasisPoints })));
    return create(
      tx,
      { ...invoice, issuerId: issuer.id, countryCode, language },
      { lines: taxed, taxName: () => name, recipient: printed },
    );
  }

  /** A note about lines of an invoice, made out as the invoice was. */
  async function draftNote(
    tx: Transaction,
    invoice: Invoice,
    {
      lines,
      ...note
    }: Pick<Invoice, 'kind' | 'refundId'> & { readonly lines: readonly NotedLine<Line & CreditedLine>[] },
  ): Promise<Invoice> {
    const { id: creditedInvoiceId, customerId, currency, issuerId, countryCode, language } = invoice;
    const ofInvoice = { where: { invoiceId: creditedInvoiceId } };
    const taxes = await tx.invoiceTax.findMany(ofInvoice);
    const { name, address, taxId, isGiven } = await tx.invoiceRecipient.findUniqueOrThrow(ofInvoice);
    return create(
      tx,
      { ...note, creditedInvoiceId, customerId, currency, issuerId, countryCode, language },
      {
        lines: lines.map(notedLine),
        taxName: (rate) => taxes.find(({ rateBasisPoints }) => rateBasisPoints === rate)!.name,
        recipient: { name, address, taxId, isGiven },
      },
    );
  }

  const create = (
    tx: Transaction,
    invoice: Pick<Invoice, 'customerId' | 'currency' | 'issuerId' | 'countryCode' | 'language'> &
      Partial<Invoice>,
    { lines, taxName, recipient }: Parts,
  ): Promise<Invoice> =>
    tx.invoice.create({
      data: {
        id: invoiceIds.create(),
        createdAt: clock.now(),
        ...invoice,
        ...sums(lines),
        lines: { createMany: { data: [...lines] } },
        taxes: {
          createMany: {
            data: sumsByRate(lines).map((sum) => ({ ...sum, name: taxName(sum.rateBasisPoints) })),
          },
        },
        recipient: { create: recipient },
      },
    });

  return { draft, draftNote };
}

/** A line that is noted as a whole keeps its quantity; of others a part is one thing. */
function notedLine(line: NotedLine<Line & CreditedLine>): Parts['lines'][number] {
  const { position, description, quantity, unitAmountMinor, rateBasisPoints, part } = line;
  const isWhole = part.totalMinor === line.totalMinor;
  const count = isWhole ? { quantity, unitAmountMinor } : { quantity: 1, unitAmountMinor: part.totalMinor };
  return { position, description, rateBasisPoints, ...count, ...part };
}

/** An entity of the customer's country, or the default one. */
async function issuerFor(tx: Transaction, countryCode: string | null): Promise<InvoiceIssuer> {
  const local =
    countryCode && (await tx.invoiceIssuer.findFirst({ where: { countryCode }, orderBy: { id: 'asc' } }));
  return local || tx.invoiceIssuer.findFirstOrThrow({ where: { isDefault: true } });
}

/** The rate of a country on a day; of two that overlap the later one. Where none is known, no tax is charged. */
async function rateOf(tx: Transaction, countryCode: string, day: string) {
  const on = new Date(day);
  const rate = await tx.taxRate.findFirst({
    where: { countryCode, validFrom: { lte: on }, OR: [{ validUntil: null }, { validUntil: { gt: on } }] },
    orderBy: { validFrom: 'desc' },
  });
  return rate ?? { name: '', rateBasisPoints: 0 };
}
