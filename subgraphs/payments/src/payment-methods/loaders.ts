import { createRowLoader, type Loader, type Viewer } from '@diaspora/kit';
import type { PaymentMethod } from '../__generated__/prisma/client.js';
import type { Db } from '../database.js';

export interface PaymentMethodLoaders {
  /** The viewer's own methods by key; null for everybody else's and for those that were removed. */
  readonly paymentMethod: Loader<string, PaymentMethod | null>;
}

export const createPaymentMethodLoaders = (db: Db, viewer: Viewer | null): PaymentMethodLoaders => ({
  paymentMethod: createRowLoader(
    async (ids) =>
      viewer
        ? db.paymentMethod.findMany({
            where: { id: { in: [...ids] }, userId: viewer.id, status: { not: 'REMOVED' } },
          })
        : [],
    (method) => method.id,
  ),
});
