import {
  createFirstPageLoaders,
  createGroupLoader,
  createRowLoader,
  type FirstPage,
  type Loader,
  type Viewer,
} from '@diaspora/kit';
import type { Prisma, Purchase, PurchaseLine, PurchaseRefund } from '../__generated__/prisma/client.js';
import { firstRows, type Db } from '../database.js';
import { isSuperUser, servesTickets } from '../ticketing/index.js';

export interface PurchasesLoaders {
  /** Purchases by key; null also for those the viewer may not see. */
  readonly purchase: Loader<string, Purchase | null>;
  /** The currency of a purchase, for whoever sees one of its tickets. */
  readonly currencyOfPurchase: Loader<string, Pick<Purchase, 'id' | 'currency'> | null>;
  readonly linesOfPurchase: Loader<string, PurchaseLine[]>;
  readonly refundsOfPurchase: Loader<string, PurchaseRefund[]>;
  readonly voucherCode: Loader<string, { readonly id: string; readonly code: string } | null>;
  /** The newest or oldest purchases of a person. For whoever permissions.ts lets see them. */
  readonly firstPurchasesOfBuyer: (page: FirstPage) => Loader<string, Purchase[]>;
}

export const createPurchasesLoaders = (db: Db, viewer: Viewer | null): PurchasesLoaders => ({
  purchase: createRowLoader(
    async (ids) =>
      viewer ? db.purchase.findMany({ where: { AND: [{ id: { in: [...ids] } }, visibleTo(viewer)] } }) : [],
    ({ id }) => id,
  ),
  currencyOfPurchase: createRowLoader(
    (ids) => db.purchase.findMany({ where: { id: { in: [...ids] } }, select: { id: true, currency: true } }),
    ({ id }) => id,
  ),
  linesOfPurchase: createGroupLoader(
    (ids) =>
      db.purchaseLine.findMany({ where: { purchaseId: { in: [...ids] } }, orderBy: { position: 'asc' } }),
    ({ purchaseId }) => purchaseId,
  ),
  refundsOfPurchase: createGroupLoader(
    (ids) => db.purchaseRefund.findMany({ where: { purchaseId: { in: [...ids] } }, orderBy: { id: 'asc' } }),
    ({ purchaseId }) => purchaseId,
  ),
  voucherCode: createRowLoader(
    (ids) => db.voucher.findMany({ where: { id: { in: [...ids] } }, select: { id: true, code: true } }),
    ({ id }) => id,
  ),
  firstPurchasesOfBuyer: createFirstPageLoaders(
    firstRows(db, { table: 'purchases', parent: 'buyerId' }, (rows) => db.purchase.findMany(rows)),
    ({ buyerId }) => buyerId,
  ),
});

/** Purchases are seen by the buyer and by the organizer. */
const visibleTo = (viewer: Viewer): Prisma.PurchaseWhereInput =>
  isSuperUser(viewer) || servesTickets(viewer)
    ? {}
    : { OR: [{ buyerId: viewer.id }, { organizerId: viewer.id }] };
