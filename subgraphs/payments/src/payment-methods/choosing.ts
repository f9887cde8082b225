import { AppError } from '@diaspora/kit';
import type { PaymentMethod } from '../__generated__/prisma/client.js';
import type { Transaction } from '../database.js';
import { paymentMethodIds } from '../ids.js';
import type { MethodUse, PaymentMethod as GivenMethod, Providers } from '../providers/index.js';

/** What a person pays with: one given for this once, or one they saved. */
export interface ChosenMethod {
  readonly paymentMethod?: GivenMethod | null | undefined;
  /** Global id of a saved one. */
  readonly paymentMethodId?: string | null | undefined;
}

/** What is charged. */
export interface Method {
  readonly provider: string;
  readonly token: string;
  /** Key of the saved one; null for one given for this once. */
  readonly paymentMethodId: string | null;
}

/** What was meant, before anybody looked whether it is there: the same words are the same choice. */
export type Choice = Method | { readonly paymentMethodId: string };

/** How methods are chosen to be charged. */
export function createChoosing({ providers }: { providers: Providers }) {
  /** Throws AppError INVALID_INPUT. */
  function choose({ paymentMethod, paymentMethodId }: ChosenMethod, use: MethodUse): Choice {
    if ((paymentMethod == null) === (paymentMethodId == null)) {
      throw new AppError('INVALID_INPUT', 'Give a payment method, or the id of a saved one.', {
        path: ['paymentMethod'],
      });
    }
    if (paymentMethod != null) return { ...providers.accept(paymentMethod, use), paymentMethodId: null };
    return { paymentMethodId: decoded(paymentMethodId!) };
  }

  /**
   * What to charge. A saved one stays until the transaction ends: whoever removes it meanwhile waits, and sees what it is
   * used for. Throws AppError NOT_FOUND or PAYMENT_METHOD_NOT_ACTIVE.
   */
  async function hold(tx: Transaction, userId: string, choice: Choice): Promise<Method> {
    if ('token' in choice) return choice;
    const method = await lock(tx, userId, choice.paymentMethodId);
    if (!method) throw noSuchMethod();
    assertActive(method);
    return chargedBy(method);
  }

  /** The same for a choice that was made before: null for one that cannot be charged any more. */
  async function holdIfActive(tx: Transaction, userId: string, id: string): Promise<Method | null> {
    const method = await lock(tx, userId, id);
    return method?.status === 'ACTIVE' ? chargedBy(method) : null;
  }

  return { choose, hold, holdIfActive };
}

async function lock(tx: Transaction, userId: string, id: string): Promise<PaymentMethod | null> {
  await tx.$executeRaw`SELECT 1 FROM payment_methods WHERE id = ${id}::uuid FOR SHARE`;
  return tx.paymentMethod.findFirst({ where: { id, userId, status: { not: 'REMOVED' } } });
}

const chargedBy = ({ provider, token, id }: PaymentMethod): Method => ({
  provider,
  token,
  paymentMethodId: id,
});

function decoded(paymentMethodId: string): string {
  const id = paymentMethodIds.find(paymentMethodId);
  if (id !== null) return id;
  throw new AppError('INVALID_INPUT', 'This is not the id of a payment method.', {
    path: ['paymentMethodId'],
  });
}

export const noSuchMethod = () =>
  new AppError('NOT_FOUND', 'There is no such payment method.', { path: ['paymentMethodId'] });

export function assertActive({ status }: Pick<PaymentMethod, 'status'>): void {
  if (status === 'ACTIVE') return;
  throw new AppError('PAYMENT_METHOD_NOT_ACTIVE', 'This payment method cannot be charged.', {
    path: ['paymentMethodId'],
  });
}
