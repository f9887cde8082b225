import type { Page, Viewer } from '@diaspora/kit';
import type { Order } from '../__generated__/prisma/client.js';
import type { Db } from '../database.js';
import { visibleOrders } from './loaders.js';

export type OrderReading = ReturnType<typeof createOrderReading>;

export const createOrderReading = ({ db }: { db: Db }) => ({
  /** What somebody bought, as far as the viewer may see it. */
  async listOf(viewer: Viewer | null, buyerId: string, page: Page): Promise<Order[]> {
    const visible = visibleOrders(viewer);
    if (!visible) return [];
    return db.order.findMany({
      where: { AND: [{ buyerId }, visible, page.where] },
      orderBy: page.orderBy,
      take: page.take,
    });
  },
});
