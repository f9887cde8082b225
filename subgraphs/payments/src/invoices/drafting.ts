import type { Clock } from '@diaspora/kit';
import type { Recipient } from '../billing/index.js';
import type { Invoice, InvoiceIssuer } from '../__generated__/prisma/client.js';
import type { Transaction } from '../database.js';
import { invoiceIds } from '../ids.js';
import {
  dayIn,
  splitCredit,
  splitTax,
  sums,
  sumsByRate,
  type CreditedLine,
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

/** Invoices and credit notes without a number. */
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

  /** Of the same kind as the invoice that it takes back, line by line. */
  async function draftCredit(
    tx: Transaction,
    invoice: Invoice,
    credit: {
      readonly lines: readonly (Line & CreditedLine)[];
      readonly amountMinor: bigint;
      readonly refundId: string | null;
    },
  ): Promise<Invoice> {
    const { id: creditedInvoiceId, customerId, currency, issuerId, countryCode, language } = invoice;
    const ofInvoice = { where: { invoiceId: creditedInvoiceId } };
    const taxes = await tx.invoiceTax.findMany(ofInvoice);
    const { name, address, taxId, isGiven } = await tx.invoiceRecipient.findUniqueOrThrow(ofInvoice);
    const { refundId, amountMinor } = credit;
    return create(
      tx,
      {
        kind: 'CREDIT_NOTE',
        creditedInvoiceId,
        refundId,
        customerId,
        currency,
        issuerId,
        countryCode,
        language,
      },
      {
        lines: splitCredit(credit.lines, amountMinor).map(creditLine),
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

  return { draft, draftCredit };
}

/** A line that is credited as a whole keeps its quantity; of others a part is one thing. */
function creditLine(
  line: ReturnType<typeof splitCredit<Line & CreditedLine>>[number],
): Parts['lines'][number] {
  const { position, description, quantity, unitAmountMinor, rateBasisPoints, credit } = line;
  const isWhole = credit.totalMinor === line.totalMinor;
  const count = isWhole ? { quantity, unitAmountMinor } : { quantity: 1, unitAmountMinor: credit.totalMinor };
  return { position, description, rateBasisPoints, ...count, ...credit };
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
