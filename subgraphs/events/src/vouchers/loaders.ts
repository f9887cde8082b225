import {
  createFirstPageLoaders,
  createRowLoader,
  type FirstPage,
  type Loader,
  type Viewer,
} from '@diaspora/kit';
import type { Voucher } from '../__generated__/prisma/client.js';
import { firstRows, type Db } from '../database.js';
import { isSuperUser } from '../ticketing/index.js';

export interface VouchersLoaders {
  /** Vouchers by key, for their organizer and super users: whoever knows a code may use it. */
  readonly voucher: Loader<string, Voucher | null>;
  /** How many purchases have used a voucher; null when none. */
  readonly usesOfVoucher: Loader<string, { readonly uses: number } | null>;
  /** The newest or oldest vouchers of a person. For whoever permissions.ts lets see them. */
  readonly firstVouchersOfOrganizer: (page: FirstPage) => Loader<string, Voucher[]>;
}

export const createVouchersLoaders = (db: Db, viewer: Viewer | null): VouchersLoaders => ({
  voucher: createRowLoader(
    async (ids) =>
      viewer
        ? db.voucher.findMany({
            where: { id: { in: [...ids] }, ...(isSuperUser(viewer) ? {} : { organizerId: viewer.id }) },
          })
        : [],
    ({ id }) => id,
  ),
  usesOfVoucher: createRowLoader(
    (ids) => db.$queryRaw<{ id: string; uses: number }[]>`
      SELECT voucher_id AS id, count(*)::int AS uses FROM purchases
      WHERE voucher_id = ANY(${[...ids]}::uuid[]) AND status = 'COMPLETED' GROUP BY voucher_id`,
    ({ id }) => id,
  ),
  firstVouchersOfOrganizer: createFirstPageLoaders(
    firstRows(db, { table: 'vouchers', parent: 'organizerId' }, (rows) => db.voucher.findMany(rows)),
    ({ organizerId }) => organizerId,
  ),
});
