import { AppError, type Audit, type Page, type Viewer } from '@diaspora/kit';
import type { OrderRefund } from '../__generated__/prisma/client.js';
import type { Db, Transaction } from '../database.js';
import { orderIds, refundIds } from '../ids.js';
import { isSuperUser } from './loaders.js';
import { lockOrder } from './locking.js';
import type { OrderRefunds } from './refunds.js';

export type FailedRefunds = ReturnType<typeof createFailedRefunds>;

interface Dependencies {
  readonly db: Db;
  readonly audit: Audit;
  readonly refunds: Pick<OrderRefunds, 'carryOut'>;
}

/** Refunds that failed for good: whoever sold sees them and says when to try again, and so do super users. */
export function createFailedRefunds({ db, audit, refunds }: Dependencies) {
  const list = (viewer: Viewer, page: Page): Promise<OrderRefund[]> =>
    db.orderRefund.findMany({
      where: { AND: [{ status: 'FAILED_FINALLY', ...visible(viewer) }, page.where] },
      orderBy: page.orderBy,
      take: page.take,
    });

  /** Of one that is being tried, or arrived, it is the answer. Somebody else's sale looks like none. */
  const retry = (viewer: Viewer, id: string): Promise<OrderRefund> =>
    db.$transaction(async (tx) => {
      const known = await tx.orderRefund.findFirst({ where: { id, ...visible(viewer) } });
      const order = known && (await lockOrder(tx, known.orderId));
      if (!order) throw noSuchRefund();
      const refund = await tx.orderRefund.findUniqueOrThrow({ where: { id } });
      if (refund.status !== 'FAILED_FINALLY') return refund;
      await refunds.carryOut(tx, order, refund);
      await record(tx, refund, order.buyerId);
      return tx.orderRefund.findUniqueOrThrow({ where: { id } });
    });

  const record = (tx: Transaction, { id, orderId, failure }: OrderRefund, personId: string) =>
    audit.record(tx, {
      action: 'order.refundRetried',
      subject: { type: 'Order', id: orderIds.encode(orderId) },
      personId,
      after: { refundId: refundIds.encode(id), failure },
    });

  return { list, retry };
}

/** Those that failed for good name who sold. */
const visible = (viewer: Viewer) => ({ sellerId: isSuperUser(viewer) ? { not: null } : viewer.id });

const noSuchRefund = () =>
  new AppError('NOT_FOUND', 'There is no such refund that failed.', { path: ['refundId'] });
