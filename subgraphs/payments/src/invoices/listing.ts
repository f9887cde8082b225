import { AppError, type Page } from '@diaspora/kit';
import type { Invoice, Prisma } from '../__generated__/prisma/client.js';
import type { Db } from '../database.js';
import { userIds } from '../ids.js';

export type InvoiceLists = ReturnType<typeof createInvoiceLists>;

export interface InvoiceFilter {
  readonly issuedFrom?: string | null | undefined;
  readonly issuedUntil?: string | null | undefined;
  readonly kind?: Invoice['kind'] | null | undefined;
  readonly status?: Invoice['status'] | null | undefined;
  readonly currency?: string | null | undefined;
  readonly customerId?: string | null | undefined;
}

/** Whoever calls has decided that the viewer may see them. */
export function createInvoiceLists({ db }: { readonly db: Db }) {
  const list = (where: Prisma.InvoiceWhereInput, page: Page): Promise<Invoice[]> =>
    db.invoice.findMany({ where: { AND: [where, page.where] }, orderBy: page.orderBy, take: page.take });

  const ofPerson = (customerId: string, page: Page) => list({ customerId }, page);

  const all = (filter: InvoiceFilter, page: Page) => list(whereOf(filter), page);

  return { ofPerson, all };
}

function whereOf({ issuedFrom, issuedUntil, kind, status, currency, customerId }: InvoiceFilter) {
  if (issuedFrom && issuedUntil && issuedUntil <= issuedFrom)
    throw new AppError('INVALID_INPUT', 'A period ends after it begins.', {
      path: ['filter', 'issuedUntil'],
    });
  const issuedOn = {
    ...(issuedFrom && { gte: new Date(issuedFrom) }),
    ...(issuedUntil && { lt: new Date(issuedUntil) }),
  };
  return {
    ...((issuedFrom || issuedUntil) && { issuedOn }),
    ...(kind && { kind }),
    ...(status && { status }),
    ...(currency && { currency }),
    ...(customerId && { customerId: userIds.decode(customerId) }),
  };
}
