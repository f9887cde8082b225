import type { Clock, Mailer, Outbox, PrivateStore } from '@diaspora/kit';
import type { Billing, InvoiceLanguage } from '../billing/index.js';
import type { Prisma } from '../__generated__/prisma/client.js';
import type { Db, Transaction } from '../database.js';
import { userIds } from '../ids.js';
import type { PaymentsMessages } from '../messages.js';
import { words } from './document/words.js';
import { renderInvoice, titleOf, type PrintedInvoice } from './document/render.js';
import { documentKey, documentName } from './documents.js';

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly privateStore: PrivateStore;
  readonly mailer: Mailer;
  readonly billing: Pick<Billing, 'mailboxOf'>;
  readonly outbox: Outbox<PaymentsMessages>;
}

const include = {
  lines: { orderBy: { position: 'asc' } },
  taxes: { orderBy: { rateBasisPoints: 'desc' } },
  recipient: true,
  creditedInvoice: { select: { number: true } },
} satisfies Prisma.InvoiceInclude;

type WholeInvoice = Prisma.InvoiceGetPayload<{ include: typeof include }>;

/** The job that writes documents. It may be repeated: the same invoice makes the same bytes under the same key. */
export function createDelivery({ db, clock, privateStore, mailer, billing, outbox }: Dependencies) {
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
    const { id, customerId } = invoice;
    const printedInvoice = printed(invoice);
    const { mail: letter } = words[printedInvoice.language];
    const written = { subject: letter.subject(titleOf(printedInvoice)), text: letter.text };
    const to = await billing.mailboxOf(customerId);
    if (to === null) return db.$transaction((tx) => haveMailed(tx, invoice, written));
    if (!(await mark(db, id))) return;
    const attachment = { name: documentName(invoice), contentType: 'application/pdf', bytes: pdf };
    try {
      await mailer.send({ to, ...written, attachments: [attachment], id: `invoice:${id}` });
    } catch (error) {
      await db.invoiceDelivery.update({ where: { invoiceId: id }, data: { mailedAt: null } });
      throw error;
    }
  }

  /** To the address of the account, which is known to users only. */
  async function haveMailed(
    tx: Transaction,
    invoice: WholeInvoice,
    written: { readonly subject: string; readonly text: string },
  ): Promise<void> {
    if (!(await mark(tx, invoice.id))) return;
    const userId = userIds.encode(invoice.customerId);
    const file = { key: documentKey(invoice.id), name: documentName(invoice) };
    const letter = { ...written, html: null, file, namedIds: [], unsubscribeUrl: null };
    const data = { mailId: invoice.id, userId, ...letter, sendBefore: null };
    await outbox.publish(tx, { type: 'mail.requested', key: userId, data });
  }

  /** False when it was mailed before. */
  async function mark(tx: Transaction, invoiceId: string): Promise<boolean> {
    const where = { invoiceId, mailedAt: null };
    const { count } = await tx.invoiceDelivery.updateMany({ where, data: { mailedAt: clock.now() } });
    return count > 0;
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
