import type { Clock, Outbox } from '@diaspora/kit';
import type { Db, Transaction } from '../database.js';
import { drain } from '../draining.js';
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
  /** Ends purchases that were not paid in time. Their places are free without it; payments and those who wait hear by it. */
  const expire = (): Promise<void> =>
    drain(
      async (failed) => {
        // Prisma passes values of enums in a way that keeps PostgreSQL from the partial index.
        const due = await db.$queryRaw<{ id: string }[]>`
          SELECT id FROM purchases WHERE status = 'PENDING' AND expires_at <= ${clock.now()}
            AND id <> ALL(${[...failed]}::uuid[]) ORDER BY expires_at LIMIT ${batchSize}`;
        return due.map(({ id }) => id);
      },
      (id) =>
        db.$transaction(async (tx) => {
          const locked = await basket.lockPurchase(tx, id);
          if (locked && locked.purchase.expiresAt <= clock.now()) await saga.end(tx, locked, 'EXPIRED');
        }),
    );

  /** Asks again for refunds that failed: the same refund, so that it happens once. */
  const retryRefunds = (): Promise<void> =>
    drain(
      async (failed) => {
        const due = await db.$queryRaw<{ id: string }[]>`
          SELECT id FROM purchase_refunds WHERE status = 'FAILED' AND retry_at <= ${clock.now()}
            AND id <> ALL(${[...failed]}::uuid[]) ORDER BY retry_at LIMIT ${batchSize}`;
        return due.map(({ id }) => id);
      },
      (id) => db.$transaction((tx) => askAgain(tx, id)),
    );

  async function askAgain(tx: Transaction, id: string): Promise<void> {
    const refund = await tx.purchaseRefund.findUniqueOrThrow({ where: { id } });
    const locked = await basket.lockPurchase(tx, refund.purchaseId);
    const { count } = await tx.purchaseRefund.updateMany({
      where: { id, status: 'FAILED' },
      data: { status: 'REQUESTED', retryAt: null, attempts: { increment: 1 } },
    });
    if (count > 0) await outbox.publish(tx, refundRequested(refund, locked!.purchase.currency));
    await saga.afterStep('before:retry');
  }

  /**
   * Pays back all that was bought of an event that is off, purchase by purchase. What is left to do is what the tables say:
   * a begin after a death goes on where the last commit was.
   */
  async function settleEvent({ eventId }: { eventId: string }): Promise<void> {
    await drain(
      (failed) => unsettled(eventId, failed),
      async (id) => {
        await db.$transaction((tx) => saga.eventCancelled(tx, id, eventId));
        await saga.afterStep('after:settle');
      },
    );
  }

  /** Purchases that hold places of an event or have tickets for it. */
  async function unsettled(eventId: string, failed: readonly string[]): Promise<string[]> {
    const holds = await db.placeHold.groupBy({
      by: 'claimId',
      where: { eventId, purpose: 'PURCHASE', claimId: { notIn: [...failed] } },
      orderBy: { claimId: 'asc' },
      take: batchSize,
    });
    const tickets = await db.ticket.groupBy({
      by: 'purchaseId',
      where: { eventId, status: 'VALID', purchaseId: { notIn: [...failed] } },
      orderBy: { purchaseId: 'asc' },
      take: batchSize,
    });
    const ids = [...holds.map(({ claimId }) => claimId), ...tickets.map(({ purchaseId }) => purchaseId)];
    return [...new Set(ids)];
  }

  return { expire, retryRefunds, settleEvent };
}
