import { inPages } from '@diaspora/kit';
import type { Invoice, InvoiceLine, InvoiceRecipient } from '../__generated__/prisma/client.js';
import type { Db } from '../database.js';
import { invoiceIds } from '../ids.js';

type WholeInvoice = Invoice & {
  readonly lines: InvoiceLine[];
  readonly recipient: InvoiceRecipient | null;
};

export async function* invoicesOf(db: Db, customerId: string) {
  const invoices = inPages<WholeInvoice>((after, take) =>
    db.invoice.findMany({
      where: { customerId, ...(after && { id: { gt: after.id } }) },
      include: { lines: { orderBy: { position: 'asc' } }, recipient: true },
      orderBy: { id: 'asc' },
      take,
    }),
  );
  for await (const invoice of invoices) {
    const { id, kind, status, number, issuedOn, currency, netMinor, taxMinor, totalMinor, language } =
      invoice;
    const lines = invoice.lines.map(({ invoiceId: _invoice, ...line }) => line);
    const { name, address, taxId } = invoice.recipient ?? { name: null, address: null, taxId: null };
    const credited = invoice.creditedInvoiceId && invoiceIds.encode(invoice.creditedInvoiceId);
    const sums = { currency, netMinor, taxMinor, totalMinor };
    const printed = { kind, status, number, issuedOn, creditedInvoice: credited, language, ...sums };
    yield { id: invoiceIds.encode(id), ...printed, recipient: { name, address, taxId }, lines };
  }
}

export async function* billingOf(db: Db, userId: string) {
  const known = await db.customer.findUnique({ where: { userId } });
  const given = await db.billingDetails.findUnique({ where: { userId } });
  if (!known && !given) return;
  const { displayName = null, countryCode = null, languages = [] } = known ?? {};
  const { userId: _self, version: _version, ...details } = given ?? { userId, version: 0 };
  yield { profile: { displayName, countryCode, languages }, details };
}
