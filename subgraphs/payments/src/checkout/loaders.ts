import { createGroupLoader, createRowLoader, type Loader, type Viewer } from '@diaspora/kit';
import type { Order, OrderLine } from '../__generated__/prisma/client.js';
import type { Db } from '../database.js';

export interface OrderLoaders {
  /** Orders that the viewer may see, by key. */
  readonly order: Loader<string, Order | null>;
  /** Lines of an order in their order. */
  readonly orderLines: Loader<string, OrderLine[]>;
}

export const isSuperUser = (viewer: Viewer | null): boolean =>
  viewer?.kind === 'person' && viewer.roles.includes('SUPER_USER');

/** Which orders the viewer may see: their own; super users all; visitors and programs none. */
export function visibleOrders(viewer: Viewer | null) {
  if (isSuperUser(viewer)) return {};
  return viewer?.kind === 'person' ? { buyerId: viewer.id } : null;
}

export function createOrderLoaders(db: Db, viewer: Viewer | null): OrderLoaders {
  const visible = visibleOrders(viewer);
  return {
    order: createRowLoader(
      async (ids) =>
        visible ? db.order.findMany({ where: { AND: [{ id: { in: [...ids] } }, visible] } }) : [],
      (order) => order.id,
    ),
    orderLines: createGroupLoader(
      (ids) =>
        db.orderLine.findMany({
          where: { orderId: { in: [...ids] } },
          orderBy: [{ orderId: 'asc' }, { position: 'asc' }],
        }),
      (line) => line.orderId,
    ),
  };
}
