import type { Clock, Outbox } from '@diaspora/kit';
import type { Db, Transaction } from '../database.js';
import type { EventsMessages } from '../messages.js';
import type { Basket } from './basket.js';
import { refundRequested } from './orders.js';
import type { Saga } from './saga.js';

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly outbox: Outbox<EventsMessages>;
  readonly basket: Basket;
  readonly saga: Saga;
}

const batchSize = 200;

/** What is done about purchases in the background. Each purchase is a transaction of its own, and looked at again in it. */
export function createUpkeep({ db, clock, outbox, basket, saga }: Dependencies) {
  /** One that fails does not hold up the others. */
  async function each(ids: readonly string[], run: (tx: Transaction, id: string) => Promise<unknown>) {
    const failures: unknown[] = [];
    for (const id of ids)
      await db.$transaction((tx) => run(tx, id)).catch((error: unknown) => failures.push(error));
    if (failures.length > 0)
      throw new AggregateError(failures, `${failures.length} purchases were not seen to`);
  }

  /** Ends purchases that were not paid in time. Their places are free without it; payments and those who wait hear by it. */
  async function expire(): Promise<void> {
    const due = await db.purchase.findMany({
      where: { status: 'PENDING', expiresAt: { lte: clock.now() } },
      orderBy: { expiresAt: 'asc' },
      take: batchSize,
      select: { id: true },
    });
    await each(due.map(({ id }) => id), async (tx, id) => {
      const locked = await basket.lockPurchase(tx, id);
      if (locked && locked.purchase.expiresAt <= clock.now()) await saga.end(tx, locked, 'EXPIRED');
    }); // prettier-ignore
  }

  /** Asks again for refunds that failed: the same refund, so that it happens once. */
  async function retryRefunds(): Promise<void> {
    const due = await db.purchaseRefund.findMany({
      where: { status: 'FAILED', retryAt: { lte: clock.now() } },
      orderBy: { retryAt: 'asc' },
      take: batchSize,
    });
    await each(due.map(({ id }) => id), async (tx, id) => {
      const refund = due.find((one) => one.id === id)!;
      const locked = await basket.lockPurchase(tx, refund.purchaseId);
      const { count } = await tx.purchaseRefund.updateMany({
        where: { id, status: 'FAILED' },
        data: { status: 'REQUESTED', retryAt: null, attempts: { increment: 1 } },
      });
      if (count > 0) await outbox.publish(tx, refundRequested(refund, locked!.purchase.currency));
      await saga.afterStep('before:retry');
    }); // prettier-ignore
  }

  /**
   * Pays back all that was bought of an event that is off, purchase by purchase. What is left to do is what the tables say:
   * a begin after a death goes on where the last commit was.
   */
  async function settleEvent({ eventId }: { eventId: string }): Promise<void> {
    for (;;) {
      const [holds, tickets] = await Promise.all([
        db.placeHold.findMany({
          where: { eventId, purpose: 'PURCHASE' },
          distinct: ['claimId'],
          take: batchSize,
          select: { claimId: true },
        }),
        db.ticket.findMany({
          where: { eventId, status: 'VALID' },
          distinct: ['purchaseId'],
          take: batchSize,
          select: { purchaseId: true },
        }),
      ]);
      const ids = [
        ...new Set([...holds.map(({ claimId }) => claimId), ...tickets.map(({ purchaseId }) => purchaseId)]),
      ];
      if (ids.length === 0) return;
      await each(ids, (tx, id) => saga.eventCancelled(tx, id, eventId));
      await saga.afterStep('after:settleBatch');
    }
  }

  return { expire, retryRefunds, settleEvent };
}
