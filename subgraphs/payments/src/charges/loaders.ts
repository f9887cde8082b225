import { createRowLoader, type Loader, type Viewer } from '@diaspora/kit';
import type { Db } from '../database.js';
import type { NextAction } from '../providers/index.js';

export interface ChargeLoaders {
  /** What the viewer has to do for the payment that is under way, by subscription; null when that is nothing. */
  readonly subscriptionAction: { load(subscriptionId: string): Promise<NextAction | null> };
  /** The same by order. */
  readonly orderAction: { load(orderId: string): Promise<NextAction | null> };
}

export function createChargeLoaders(db: Db, viewer: Viewer | null): ChargeLoaders {
  const waiting = async (where: object) =>
    viewer
      ? db.payment.findMany({
          where: { ...where, userId: viewer.id, status: 'CREATED' },
          orderBy: { attempt: 'asc' },
        })
      : [];
  const bySubscription = createRowLoader(
    (ids) => waiting({ subscriptionId: { in: [...ids] } }),
    (payment) => payment.subscriptionId!,
  );
  const byOrder = createRowLoader(
    (ids) => waiting({ orderId: { in: [...ids] } }),
    (payment) => payment.orderId!,
  );
  const actionBy = (loader: Loader<string, { nextAction: unknown } | null>) => ({
    load: async (id: string) => ((await loader.load(id))?.nextAction ?? null) as NextAction | null,
  });
  return { subscriptionAction: actionBy(bySubscription), orderAction: actionBy(byOrder) };
}
