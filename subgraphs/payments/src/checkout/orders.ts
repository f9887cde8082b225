import type { Clock } from '@diaspora/kit';
import type { Order } from '../__generated__/prisma/client.js';
import type { Charges } from '../charges/index.js';
import type { Transaction } from '../database.js';
import { lockOrder, lockOrderKey } from './locking.js';
import type { Paying } from './paying.js';
import type { PlatformFees } from './platform-fee.js';
import type { OrderRefunds } from './refunds.js';
import { assertAddsUp, isUndecided } from './rules.js';
import type { OrderTelling } from './telling.js';

export type Orders = ReturnType<typeof createOrders>;

export interface NewOrder {
  readonly id: string;
  readonly buyerId: string;
  readonly sellerId: string;
  readonly currency: string;
  readonly totalMinor: bigint;
  readonly lines: readonly {
    readonly description: string;
    readonly quantity: number;
    readonly unitAmountMinor: bigint;
    readonly amountMinor: bigint;
  }[];
  readonly paymentMethodId: string | null;
  readonly payBefore: Date;
}

interface Dependencies {
  readonly clock: Clock;
  readonly charges: Pick<Charges, 'cancelLater'>;
  readonly telling: OrderTelling;
  readonly fees: PlatformFees;
  readonly paying: Paying;
  readonly refunds: OrderRefunds;
}

/** Orders as events wishes them: made and cancelled, each wish once, whichever comes first. */
export function createOrders({ clock, charges, telling, fees, paying, refunds }: Dependencies) {
  async function request(tx: Transaction, { lines, paymentMethodId, ...order }: NewOrder): Promise<void> {
    assertAddsUp({ ...order, lines });
    await lockOrderKey(tx, order.id);
    const { basisPoints: feeBasisPoints } = await fees.current(tx);
    const [created] = await tx.order.createManyAndReturn({
      data: [{ ...order, feeBasisPoints, createdAt: clock.now() }],
      skipDuplicates: true,
    });
    if (!created) return;
    await tx.orderLine.createMany({
      data: lines.map((line, position) => ({ orderId: order.id, position, ...line })),
    });
    await telling.opened(tx, created);
    if (await tx.orderCancellation.findUnique({ where: { orderId: order.id } })) return close(tx, created);
    if (order.totalMinor === 0n) return giveAway(tx, created);
    if (paymentMethodId !== null) await paying.chargeSaved(tx, created, paymentMethodId);
  }

  /** Nobody has to pay for what costs nothing. */
  async function giveAway(tx: Transaction, { id }: Order): Promise<void> {
    const paidAt = clock.now();
    const order = await tx.order.update({ where: { id }, data: { status: 'PAID', paidAt } });
    await telling.paid(tx, order, paidAt);
  }

  /** Under the lock that money which comes in needs too: one of them is first. A paid order stays paid. */
  async function cancel(tx: Transaction, { orderId, reason }: { orderId: string; reason: string }) {
    const order = await lockOrderKey(tx, orderId);
    const requestedAt = clock.now();
    const { count } = await tx.orderCancellation.createMany({
      data: [{ orderId, reason, requestedAt }],
      skipDuplicates: true,
    });
    if (order && isUndecided(order.status)) await close(tx, order);
    else if (!order && count > 0) await telling.cancelled(tx, orderId, requestedAt);
  }

  async function close(tx: Transaction, order: Order): Promise<void> {
    const { id } = order;
    const cancelledAt = clock.now();
    await tx.order.update({ where: { id }, data: { status: 'CANCELLED', cancelledAt } });
    await telling.cancelled(tx, id, cancelledAt);
    await refunds.giveUpWaiting(tx, order);
    await charges.cancelLater(tx, { orderId: id });
  }

  /** For a buyer who is gone. Money that is under way goes back when it comes in. */
  async function cancelAllOf(tx: Transaction, buyerId: string): Promise<number> {
    const open = await tx.order.findMany({
      where: { buyerId, status: { in: ['PENDING', 'PAYING'] } },
      select: { id: true },
      orderBy: { id: 'asc' },
    });
    for (const { id } of open) {
      const order = await lockOrder(tx, id);
      if (order && isUndecided(order.status)) await close(tx, order);
    }
    return open.length;
  }

  return { request, cancel, cancelAllOf };
}
