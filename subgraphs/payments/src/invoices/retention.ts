import { addJob, type Clock } from '@diaspora/kit';
import { Prisma, type Db, type Transaction } from '../database.js';
import { deliverInvoice } from '../jobs.js';

export type Retention = ReturnType<typeof createRetention>;

/** How long the law has invoices kept with the names on them, counted from the end of their year (ADR 35). */
const retentionYears = 10;
const atOnce = 500;

const { sql } = Prisma;

/** How the people go from invoices: numbers, sums and dates stay. Documents are written anew without them. */
export function createRetention({ db, clock }: { readonly db: Db; readonly clock: Clock }) {
  /** Of a person who is gone: drafts, and names that nobody gave for an invoice. What was given is kept for its time. */
  async function eraseOf(tx: Transaction, customerId: string): Promise<number> {
    await tx.invoice.deleteMany({ where: { customerId, status: 'DRAFT' } });
    return eraseRecipients(tx, sql`invoice.customer_id = ${customerId}::uuid AND NOT recipient.is_given`);
  }

  /** The nightly job: those whose time is over. */
  async function eraseOld(): Promise<void> {
    const now = clock.now();
    const isOver = sql`invoice.id IN (
      SELECT old.id FROM invoices old JOIN invoice_recipients known ON known.invoice_id = old.id
      WHERE known.erased_at IS NULL
        AND date_trunc('year', old.finalised_at) + make_interval(years => ${retentionYears + 1}) <= ${now}
      LIMIT ${atOnce})`;
    while ((await db.$transaction((tx) => eraseRecipients(tx, isOver))) === atOnce);
  }

  async function eraseRecipients(tx: Transaction, which: Prisma.Sql): Promise<number> {
    const erased = await tx.$queryRaw<{ id: string }[]>`
      UPDATE invoice_recipients recipient SET name = NULL, address = NULL, tax_id = NULL, erased_at = ${clock.now()}
      FROM invoices invoice
      WHERE invoice.id = recipient.invoice_id AND recipient.erased_at IS NULL AND invoice.status = 'FINAL' AND ${which}
      RETURNING recipient.invoice_id AS id`;
    for (const { id: invoiceId } of erased)
      await addJob(tx, deliverInvoice, { invoiceId }, { jobKey: `deliver-invoice:${invoiceId}` });
    return erased.length;
  }

  return { eraseOf, eraseOld };
}
