import type { Payment } from '../__generated__/prisma/client.js';
import type { Transaction } from '../database.js';
import { purposeOf, type Purposes } from './purpose.js';

/** The payment as it is once nobody else can change it: what it is for is locked first, then its own row. */
export async function lockPayment(tx: Transaction, purposes: Purposes, payment: Payment): Promise<Payment> {
  await purposeOf(purposes, payment).lock(tx, payment);
  await tx.$executeRaw`SELECT 1 FROM payments WHERE id = ${payment.id}::uuid FOR NO KEY UPDATE`;
  return tx.payment.findUniqueOrThrow({ where: { id: payment.id } });
}
