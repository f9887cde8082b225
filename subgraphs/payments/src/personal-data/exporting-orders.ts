import { inPages } from '@diaspora/kit';
import type { Order, OrderLine } from '../__generated__/prisma/client.js';
import type { Db } from '../database.js';
import { orderIds, paymentIds, refundIds, userIds } from '../ids.js';

/** What the person bought by orders: each with its lines and what was wished back of it. */
export async function* ordersOf(db: Db, buyerId: string) {
  const orders = inPages<Order & { lines: OrderLine[] }>((after, take) =>
    db.order.findMany({
      where: { buyerId, ...(after && { id: { gt: after.id } }) },
      include: { lines: { orderBy: { position: 'asc' } } },
      orderBy: { id: 'asc' },
      take,
    }),
  );
  for await (const {
    id,
    buyerId: _self,
    sellerId,
    paidByPaymentId,
    feeBasisPoints: _fee,
    lines,
    ...order
  } of orders) {
    const refunds = await db.orderRefund.findMany({ where: { orderId: id }, orderBy: { id: 'asc' } });
    yield {
      id: orderIds.encode(id),
      sellerId: userIds.encode(sellerId),
      paidByPaymentId: paidByPaymentId && paymentIds.encode(paidByPaymentId),
      ...order,
      lines: lines.map(({ orderId: _order, position: _position, ...line }) => line),
      refunds: refunds.map(({ id: refundId, orderId: _order, chargeId: _charge, ...refund }) => ({
        id: refundIds.encode(refundId),
        ...refund,
      })),
    };
  }
}

/** What the person earned by selling, one balance a currency. */
export async function* salesOf(db: Db, sellerId: string) {
  const accounts = await db.ledgerAccount.findMany({
    where: { type: 'ORGANIZER_PAYABLE', ownerId: sellerId },
    include: { balance: true },
  });
  for (const { currency, balance } of accounts)
    yield { currency, owedToYouMinor: -(balance?.balanceMinor ?? 0n) };
}

/** What was booked for it: a sale adds to what the person is owed, a refund takes from it. */
export async function* salesBookingsOf(db: Db, sellerId: string) {
  const bookings = inPages<{ id: string; currency: string; kind: string; at: Date; addedMinor: bigint }>(
    (after, take) =>
      db.$queryRaw`
        SELECT t.id, a.currency, t.kind::text, t.occurred_at AS at, -p.amount_minor AS "addedMinor"
        FROM ledger_accounts a
        JOIN ledger_postings p ON p.account_id = a.id JOIN ledger_transactions t ON t.id = p.transaction_id
        WHERE a.type = 'ORGANIZER_PAYABLE' AND a.owner_id = ${sellerId} AND t.id > ${after?.id ?? nil}::uuid
        ORDER BY t.id LIMIT ${take}`,
  );
  for await (const { id: _id, ...booking } of bookings) yield booking;
}

/** Before every key. */
const nil = '00000000-0000-0000-0000-000000000000';
