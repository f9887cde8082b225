import type { Order } from '../__generated__/prisma/client.js';
import type { Transaction } from '../database.js';

/** The order as it is once nobody else can change it. Null when it is not known yet. */
export async function lockOrder(tx: Transaction, id: string): Promise<Order | null> {
  await lockOrderRow(tx, id);
  return tx.order.findUnique({ where: { id } });
}

/** For who may not need to look at it. */
export const lockOrderRow = (tx: Transaction, id: string) =>
  tx.$executeRaw`SELECT 1 FROM orders WHERE id = ${id}::uuid FOR NO KEY UPDATE`;

/**
 * The same for orders that may not be known yet, whose row cannot be locked: an order and what is wished of it do not
 * pass each other unseen.
 */
export async function lockOrderKey(tx: Transaction, id: string): Promise<Order | null> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`order:${id}`}, 0))`;
  return lockOrder(tx, id);
}
