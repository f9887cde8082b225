import type { Audit, Clock, PrivateStore, Viewer } from '@diaspora/kit';
import type { Invoice } from '../__generated__/prisma/client.js';
import type { Db } from '../database.js';
import { invoiceIds } from '../ids.js';

export type Documents = ReturnType<typeof createDocuments>;

const linkSeconds = 300;

export const documentKey = (invoiceId: string): string => `invoices/${invoiceIds.encode(invoiceId)}.pdf`;

export const documentName = ({ number }: Pick<Invoice, 'number'>): string => `${number}.pdf`;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly privateStore: PrivateStore;
  readonly audit: Audit;
}

/** Links to documents: for the person, and for super users on record. */
export function createDocuments({ db, clock, privateStore, audit }: Dependencies) {
  async function linkTo(invoice: Invoice, viewer: Viewer) {
    const isOwn = invoice.customerId === viewer.id;
    if (!isOwn)
      await db.$transaction((tx) =>
        audit.record(tx, {
          action: 'invoice.opened',
          subject: { type: 'Invoice', id: invoiceIds.encode(invoice.id) },
          personId: invoice.customerId,
        }),
      );
    const fileName = documentName(invoice);
    const expiresAt = new Date(clock.now().getTime() + linkSeconds * 1_000);
    const url = await privateStore.presignDownload({
      key: documentKey(invoice.id),
      seconds: linkSeconds,
      fileName,
    });
    return { url, expiresAt, fileName };
  }

  return { linkTo };
}
