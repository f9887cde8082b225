import { addJob, AppError, type Clock, type Outbox } from '@diaspora/kit';
import type { Billing } from '../billing/index.js';
import type { Invoice, InvoiceIssuer } from '../__generated__/prisma/client.js';
import type { Transaction } from '../database.js';
import { invoiceIds, userIds } from '../ids.js';
import { deliverInvoice } from '../jobs.js';
import type { PaymentsMessages } from '../messages.js';
import { createDrafting, type NewInvoice } from './drafting.js';
import { nextNumber } from './numbers.js';
import { splitCredit, splitDebit } from './rules.js';

export type Invoicing = ReturnType<typeof createInvoicing>;

interface Dependencies {
  readonly clock: Clock;
  readonly outbox: Outbox<PaymentsMessages>;
  readonly billing: Pick<Billing, 'recipientOf'>;
}

export interface NewCredit {
  readonly invoiceId: string;
  /** Tax included; all that is left when null. */
  readonly amountMinor: bigint | null;
}

/** What is noted of a refund. */
type Noted = NewCredit & { readonly amountMinor: bigint; readonly refundId: string };

/** Writing invoices, always in the transaction of what they document. */
export function createInvoicing({ clock, outbox, billing }: Dependencies) {
  const drafting = createDrafting({ clock });

  /** An invoice without a number: to be finalised. */
  const draft = async (tx: Transaction, invoice: NewInvoice): Promise<Invoice> =>
    drafting.draft(tx, invoice, await billing.recipientOf(tx, invoice.customerId));

  /** Gives a draft its number: from here on nothing of it changes. Of one that is final already, it is the answer. */
  async function finalise(tx: Transaction, id: string): Promise<Invoice> {
    const invoice = await lockInvoice(tx, id);
    if (!invoice) throw noSuchInvoice();
    return invoice.status === 'FINAL' ? invoice : giveNumber(tx, invoice);
  }

  /** Of a draft that nobody else can give one: it is locked, or no other transaction knows it yet. */
  async function giveNumber(tx: Transaction, { id, ...invoice }: Invoice): Promise<Invoice> {
    const issuer = await tx.invoiceIssuer.findUniqueOrThrow({ where: { id: invoice.issuerId } });
    await addJob(tx, deliverInvoice, { invoiceId: id }, { jobKey: `deliver-invoice:${id}` });
    const numbered = await nextNumber(tx, issuer, invoice.kind, clock.now());
    const final = await tx.invoice.update({
      where: { id },
      data: { status: 'FINAL', ...numbered, ...printedOf(issuer) },
    });
    await announce(tx, final);
    return final;
  }

  /** A final invoice at once. Of a payment that has one, it is the answer. */
  async function issue(tx: Transaction, invoice: NewInvoice): Promise<Invoice> {
    const { paymentId } = invoice;
    const known = paymentId && (await tx.invoice.findUnique({ where: { paymentId } }));
    return known ? finalise(tx, known.id) : giveNumber(tx, await draft(tx, invoice));
  }

  /**
   * A credit note over a part of a final invoice or all that is left of it. The lock on the invoice decides between two
   * at once. Throws CREDIT_EXCEEDS_INVOICE for more than is left.
   */
  async function credit(tx: Transaction, { invoiceId, amountMinor }: NewCredit): Promise<Invoice> {
    const open = await lockOpen(tx, invoiceId);
    const asked = amountMinor ?? open.leftMinor;
    if (asked <= 0n || asked > open.leftMinor)
      throw new AppError('CREDIT_EXCEEDS_INVOICE', 'No more can be credited than is left of the invoice.', {
        path: ['amountMinor'],
      });
    return write(tx, open, { kind: 'CREDIT_NOTE', refundId: null, lines: splitCredit(open.lines, asked) });
  }

  /** The credit note of a refund, once: over the amount, or what is left when that is less. Null when nothing is. */
  async function creditUpTo(
    tx: Transaction,
    { invoiceId, amountMinor, refundId }: Noted,
  ): Promise<Invoice | null> {
    const open = await lockOpen(tx, invoiceId);
    const kind = 'CREDIT_NOTE' as const;
    const known = await tx.invoice.findUnique({ where: { refundId_kind: { refundId, kind } } });
    if (known || open.leftMinor <= 0n) return known;
    const most = amountMinor < open.leftMinor ? amountMinor : open.leftMinor;
    return write(tx, open, { kind, refundId, lines: splitCredit(open.lines, most) });
  }

  /** The debit note of a refund that did not arrive, once: what was credited is owed again. */
  async function debit(tx: Transaction, { invoiceId, amountMinor, refundId }: Noted): Promise<Invoice> {
    const open = await lockOpen(tx, invoiceId);
    const kind = 'DEBIT_NOTE' as const;
    const known = await tx.invoice.findUnique({ where: { refundId_kind: { refundId, kind } } });
    return known ?? write(tx, open, { kind, refundId, lines: splitDebit(open.lines, amountMinor) });
  }

  async function lockOpen(tx: Transaction, invoiceId: string) {
    const invoice = await lockInvoice(tx, invoiceId);
    if (invoice?.kind !== 'INVOICE' || invoice.status !== 'FINAL') throw noSuchInvoice();
    const lines = await linesWithCredit(tx, invoiceId);
    const leftMinor = lines.reduce((left, line) => left + line.totalMinor - line.creditedMinor, 0n);
    return { invoice, lines, leftMinor };
  }

  async function write(
    tx: Transaction,
    { invoice }: Awaited<ReturnType<typeof lockOpen>>,
    note: Parameters<typeof drafting.draftNote>[2],
  ): Promise<Invoice> {
    return giveNumber(tx, await drafting.draftNote(tx, invoice, note));
  }

  async function announce(tx: Transaction, invoice: Invoice): Promise<void> {
    const { kind, currency, creditedInvoiceId } = invoice;
    const userId = userIds.encode(invoice.customerId);
    const data = {
      ...{ invoiceId: invoiceIds.encode(invoice.id), userId, kind, currency },
      number: invoice.number!,
      amountMinor: invoice.totalMinor.toString(),
      creditedInvoiceId: creditedInvoiceId && invoiceIds.encode(creditedInvoiceId),
      finalisedAt: invoice.finalisedAt!.toISOString(),
    };
    await outbox.publish(tx, { type: 'invoice.finalised', key: data.invoiceId, data });
  }

  return { draft, finalise, issue, credit, creditUpTo, debit };
}

export const noSuchInvoice = () =>
  new AppError('NOT_FOUND', 'There is no such invoice.', { path: ['invoiceId'] });

/** The row as it is once nobody else can finalise or credit it. Null when there is none. */
export async function lockInvoice(tx: Transaction, id: string): Promise<Invoice | null> {
  await tx.$executeRaw`SELECT 1 FROM invoices WHERE id = ${id}::uuid FOR NO KEY UPDATE`;
  return tx.invoice.findUnique({ where: { id } });
}

const printedOf = ({ name, address, countryCode, taxId, email }: InvoiceIssuer) => ({
  issuerName: name,
  issuerAddress: address,
  issuerCountryCode: countryCode,
  issuerTaxId: taxId,
  issuerEmail: email,
});

/** The lines of an invoice, each with what its notes took back of it so far. */
async function linesWithCredit(tx: Transaction, invoiceId: string) {
  const lines = await tx.invoiceLine.findMany({ where: { invoiceId }, orderBy: { position: 'asc' } });
  const credits = await tx.$queryRaw<{ position: number; creditedMinor: bigint }[]>`
    SELECT line.position,
      sum(CASE note.kind WHEN 'DEBIT_NOTE' THEN -line.total_minor ELSE line.total_minor END)::bigint AS "creditedMinor"
    FROM invoices note JOIN invoice_lines line ON line.invoice_id = note.id
    WHERE note.credited_invoice_id = ${invoiceId}::uuid GROUP BY line.position`;
  const credited = new Map(credits.map(({ position, creditedMinor }) => [position, creditedMinor]));
  return lines.map((line) => ({ ...line, creditedMinor: credited.get(line.position) ?? 0n }));
}
