import { createGroupLoader, createRowLoader, type Loader, type Viewer } from '@diaspora/kit';
import type {
  Invoice,
  InvoiceDelivery,
  InvoiceLine,
  InvoiceRecipient,
  InvoiceTax,
} from '../__generated__/prisma/client.js';
import type { Db } from '../database.js';

/** All but the first by the key of an invoice that the viewer sees. */
export interface InvoiceLoaders {
  /** Invoices of the viewer by key, everybody's for super users; null for all others. */
  readonly invoice: Loader<string, Invoice | null>;
  readonly creditNotesOf: Loader<string, Invoice[]>;
  readonly debitNotesOf: Loader<string, Invoice[]>;
  readonly creditedOf: Loader<string, { readonly creditedMinor: bigint } | null>;
  readonly invoiceLinesOf: Loader<string, InvoiceLine[]>;
  readonly invoiceTaxesOf: Loader<string, InvoiceTax[]>;
  readonly invoiceRecipientOf: Loader<string, InvoiceRecipient | null>;
  readonly invoiceDeliveryOf: Loader<string, InvoiceDelivery | null>;
}

const mostNotes = 100;

/** Super users see everybody's; a program sees none. */
export const seesAll = (viewer: Viewer): boolean =>
  viewer.kind === 'person' && viewer.roles.includes('SUPER_USER');

export const createInvoiceLoaders = (db: Db, viewer: Viewer | null): InvoiceLoaders => ({
  invoice: createRowLoader(
    async (ids) => {
      if (viewer?.kind !== 'person') return [];
      const whose = seesAll(viewer) ? {} : { customerId: viewer.id };
      return db.invoice.findMany({ where: { id: { in: [...ids] }, ...whose } });
    },
    ({ id }) => id,
  ),
  creditNotesOf: notesOf(db, 'CREDIT_NOTE'),
  debitNotesOf: notesOf(db, 'DEBIT_NOTE'),
  creditedOf: createRowLoader(
    (ids) => db.$queryRaw<{ id: string; creditedMinor: bigint }[]>`
      SELECT credited_invoice_id AS id,
        sum(CASE kind WHEN 'DEBIT_NOTE' THEN -total_minor ELSE total_minor END)::bigint AS "creditedMinor"
      FROM invoices WHERE credited_invoice_id = ANY (${[...ids]}::uuid[]) GROUP BY credited_invoice_id`,
    ({ id }) => id,
  ),
  invoiceLinesOf: createGroupLoader(
    (ids) =>
      db.invoiceLine.findMany({ where: { invoiceId: { in: [...ids] } }, orderBy: { position: 'asc' } }),
    ({ invoiceId }) => invoiceId,
  ),
  invoiceTaxesOf: createGroupLoader(
    (ids) =>
      db.invoiceTax.findMany({
        where: { invoiceId: { in: [...ids] } },
        orderBy: { rateBasisPoints: 'desc' },
      }),
    ({ invoiceId }) => invoiceId,
  ),
  invoiceRecipientOf: createRowLoader(
    (ids) => db.invoiceRecipient.findMany({ where: { invoiceId: { in: [...ids] } } }),
    ({ invoiceId }) => invoiceId,
  ),
  invoiceDeliveryOf: createRowLoader(
    (ids) => db.invoiceDelivery.findMany({ where: { invoiceId: { in: [...ids] }, storedAt: { not: null } } }),
    ({ invoiceId }) => invoiceId,
  ),
});

const notesOf = (db: Db, kind: Invoice['kind']): Loader<string, Invoice[]> =>
  createGroupLoader(
    (ids) => firstNotes(db, kind, ids),
    ({ creditedInvoiceId }) => creditedInvoiceId!,
  );

/** The first hundred of each. */
async function firstNotes(db: Db, kind: Invoice['kind'], invoiceIds: readonly string[]): Promise<Invoice[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT note.id FROM unnest(${[...invoiceIds]}::uuid[]) AS invoice (id) CROSS JOIN LATERAL (
      SELECT id FROM invoices WHERE credited_invoice_id = invoice.id AND kind = ${kind}::invoice_kind
      ORDER BY id LIMIT ${mostNotes}) AS note`;
  return db.invoice.findMany({ where: { id: { in: rows.map(({ id }) => id) } }, orderBy: { id: 'asc' } });
}
