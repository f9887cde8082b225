import { createGroupLoader, type Loader, type Viewer } from '@diaspora/kit';
import type { Db } from '../database.js';
import type { LedgerAccountModel } from '../models.js';

export interface LedgerLoaders {
  /** A seller's accounts, one for each currency, by person; none to everybody but the person and super users. */
  readonly salesAccounts: Loader<string, LedgerAccountModel[]>;
}

export const createLedgerLoaders = (db: Db, viewer: Viewer | null): LedgerLoaders => ({
  salesAccounts: createGroupLoader(
    (sellerIds) =>
      db.ledgerAccount.findMany({
        where: {
          type: 'ORGANIZER_PAYABLE',
          ownerId: { in: sellerIds.filter((sellerId) => maySeeSalesOf(viewer, sellerId)) },
        },
        include: { balance: true },
        orderBy: { currency: 'asc' },
      }),
    (account) => account.ownerId,
  ),
});

/** What somebody earns is seen by them and by super users. */
export const maySeeSalesOf = (viewer: Viewer | null, sellerId: string): boolean =>
  viewer?.kind === 'person' && (viewer.id === sellerId || viewer.roles.includes('SUPER_USER'));
