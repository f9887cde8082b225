import type { Clock, Mailer, PrivateStore } from '@diaspora/kit';
import type { Billing, InvoiceLanguage } from '../billing/index.js';
import type { Prisma } from '../__generated__/prisma/client.js';
import type { Db } from '../database.js';
import { words } from './document/words.js';
import { renderInvoice, titleOf, type PrintedInvoice } from './document/render.js';
import { documentKey, documentName } from './documents.js';

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly privateStore: PrivateStore;
  readonly mailer: Mailer;
  readonly billing: Pick<Billing, 'mailboxOf'>;
}

const include = {
  lines: { orderBy: { position: 'asc' } },
  taxes: { orderBy: { rateBasisPoints: 'desc' } },
  recipient: true,
  creditedInvoice: { select: { number: true } },
} satisfies Prisma.InvoiceInclude;

type WholeInvoice = Prisma.InvoiceGetPayload<{ include: typeof include }>;

/** The job that writes documents. It may be repeated: the same invoice makes the same bytes under the same key. */
export function createDelivery({ db, clock, privateStore, mailer, billing }: Dependencies) {
  async function deliver({ invoiceId }: { readonly invoiceId: string }): Promise<void> {
    const invoice = await db.invoice.findUnique({ where: { id: invoiceId }, include });
    if (invoice?.status !== 'FINAL') return;
    const pdf = await renderInvoice(printed(invoice));
    await privateStore.put(documentKey(invoiceId), { body: pdf, contentType: 'application/pdf' });
    const storedAt = clock.now();
    await db.invoiceDelivery.upsert({
      where: { invoiceId },
      create: { invoiceId, storedAt },
      update: { storedAt },
    });
    // One that was written anew because people were taken off it is news to nobody.
    if (!invoice.recipient?.erasedAt) await mail(invoice, pdf);
  }

  /** At most once: marked before it goes, and again to be sent only when the server did not take it. */
  async function mail(invoice: WholeInvoice, pdf: Buffer): Promise<void> {
    const to = await billing.mailboxOf(invoice.customerId);
    if (!to) return;
    const where = { invoiceId: invoice.id };
    const mark = { where: { ...where, mailedAt: null }, data: { mailedAt: clock.now() } };
    const { count } = await db.invoiceDelivery.updateMany(mark);
    if (count === 0) return;
    const printedInvoice = printed(invoice);
    const { mail: letter } = words[printedInvoice.language];
    const attachment = { name: documentName(invoice), contentType: 'application/pdf', bytes: pdf };
    try {
      await mailer.send({
        to,
        subject: letter.subject(titleOf(printedInvoice)),
        text: letter.text,
        attachments: [attachment],
        id: `invoice:${invoice.id}`,
      });
    } catch (error) {
      await db.invoiceDelivery.update({ where, data: { mailedAt: null } });
      throw error;
    }
  }

  return { deliver };
}

function printed(invoice: WholeInvoice): PrintedInvoice {
  const { number, issuedOn, finalisedAt, issuerName, issuerAddress, issuerTaxId, issuerEmail } = invoice;
  const { recipient, creditedInvoice, language, ...rest } = invoice;
  return {
    ...rest,
    number: number!,
    issuedOn: issuedOn!,
    finalisedAt: finalisedAt!,
    language: language as InvoiceLanguage,
    creditedNumber: creditedInvoice?.number ?? null,
    issuer: { name: issuerName, address: issuerAddress, taxId: issuerTaxId, email: issuerEmail },
    recipient: recipient?.erasedAt ? null : recipient,
  };
}
