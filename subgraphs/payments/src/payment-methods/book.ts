import type { Clock } from '@diaspora/kit';
import type { PaymentMethod } from '../__generated__/prisma/client.js';
import { Prisma, type Transaction } from '../database.js';
import type { SavedMethod } from '../providers/index.js';

/** The rows of one person's methods: which is the default is decided under the lock of all of them. */
export function createMethodBook({ clock }: { clock: Clock }) {
  async function lockAll(tx: Transaction, userId: string): Promise<PaymentMethod[]> {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended('payment-methods:' || ${userId}, 0))`;
    return tx.paymentMethod.findMany({
      where: { userId, status: { not: 'REMOVED' } },
      orderBy: { id: 'asc' },
    });
  }

  /** Writes what the provider said, unless something else became of the method meanwhile. */
  async function write(
    tx: Transaction,
    { id, userId }: Pick<PaymentMethod, 'id' | 'userId'>,
    saved: SavedMethod,
  ): Promise<PaymentMethod> {
    const methods = await lockAll(tx, userId);
    const method = methods.find((each) => each.id === id);
    const isOpen = method?.status === 'PENDING' || method?.status === 'ACTION_REQUIRED';
    if (!method || !isOpen) return tx.paymentMethod.findUniqueOrThrow({ where: { id } });
    const { status } = saved;
    if (status === 'ACTION_REQUIRED') {
      const { setupId, nextAction } = saved;
      return tx.paymentMethod.update({ where: { id }, data: { status, setupId, nextAction } });
    }
    const done = { status, nextAction: Prisma.DbNull };
    if (status === 'FAILED')
      return tx.paymentMethod.update({ where: { id }, data: { ...done, failure: saved.failure } });
    const hasDefault = methods.some((each) => each.status === 'ACTIVE' && each.isDefault);
    if (method.isDefault) await clearDefault(tx, userId);
    const isDefault = method.isDefault || !hasDefault;
    return tx.paymentMethod.update({
      where: { id },
      data: { ...done, isDefault, token: saved.token, ...saved.details },
    });
  }

  const clearDefault = (tx: Transaction, userId: string) =>
    tx.paymentMethod.updateMany({
      where: { userId, status: 'ACTIVE', isDefault: true },
      data: { isDefault: false },
    });

  async function makeDefault(tx: Transaction, { id, userId }: PaymentMethod): Promise<PaymentMethod> {
    await clearDefault(tx, userId);
    return tx.paymentMethod.update({ where: { id }, data: { isDefault: true } });
  }

  async function remove(tx: Transaction, method: PaymentMethod): Promise<PaymentMethod> {
    const { id, userId } = method;
    const removed = await tx.paymentMethod.update({
      where: { id },
      data: { status: 'REMOVED', isDefault: false, removedAt: clock.now(), nextAction: Prisma.DbNull },
    });
    if (!method.isDefault || method.status !== 'ACTIVE') return removed;
    const heir = await tx.paymentMethod.findFirst({
      where: { userId, status: 'ACTIVE' },
      orderBy: { id: 'desc' },
    });
    if (heir) await tx.paymentMethod.update({ where: { id: heir.id }, data: { isDefault: true } });
    return removed;
  }

  const erase = (tx: Transaction, id: string, pseudonym: string) =>
    tx.paymentMethod.update({
      where: { id },
      data: {
        userId: pseudonym,
        status: 'REMOVED',
        isDefault: false,
        removedAt: clock.now(),
        nextAction: Prisma.DbNull,
        kind: null,
        brand: null,
        last4: null,
        expiryMonth: null,
        expiryYear: null,
        wallet: null,
      },
    });

  return { lockAll, write, makeDefault, remove, erase };
}
