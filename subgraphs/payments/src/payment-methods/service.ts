import { randomUUID } from 'node:crypto';
import {
  addJob,
  AppError,
  idempotencyKey,
  idempotent,
  parseInput,
  type Audit,
  type AuditAction,
  type Clock,
  type Page,
} from '@diaspora/kit';
import { z } from 'zod';
import type { PaymentMethod } from '../__generated__/prisma/client.js';
import type { Customers } from '../charges/index.js';
import type { Db, Transaction } from '../database.js';
import { paymentMethodIds } from '../ids.js';
import { forgetPaymentMethod, refreshPaymentMethod } from '../jobs.js';
import { PaymentRefused, type PaymentMethod as GivenMethod, type Providers } from '../providers/index.js';
import { createMethodBook } from './book.js';

export type PaymentMethods = ReturnType<typeof createPaymentMethods>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly providers: Providers;
  readonly customers: Customers;
  readonly audit: Audit;
}

interface AddInput {
  readonly idempotencyKey: string;
  readonly paymentMethod: GivenMethod;
  readonly isDefault?: boolean | null | undefined;
}

/** What a person pays with: one given for this once, or one they saved. */
export interface ChosenMethod {
  readonly paymentMethod?: GivenMethod | null | undefined;
  /** Global id of a saved one. */
  readonly paymentMethodId?: string | null | undefined;
}

const addInput = z.object({ idempotencyKey: idempotencyKey(), isDefault: z.boolean().nullish() });
const mostMethods = 20;
/** Methods that may fail in a day: nobody tries other people's cards here. */
const mostFailures = 10;
const dayMs = 86_400_000;

/** Methods that people save. The provider is asked outside any transaction, with our id as its idempotency key. */
export function createPaymentMethods({ db, clock, providers, customers, audit }: Dependencies) {
  const book = createMethodBook({ clock });

  /** Repeated with the same key it goes on where it stopped: a provider that was down is asked again. */
  async function add(userId: string, input: AddInput): Promise<PaymentMethod> {
    const { idempotencyKey: key, isDefault } = parseInput(addInput, input);
    const wish = { ...providers.accept(input.paymentMethod), isDefault: isDefault ?? false };
    const call = { actor: userId, operation: 'addPaymentMethod', key, request: wish };
    const { id } = await db.$transaction((tx) =>
      idempotent(tx, call, async () => ({ id: await note(tx, userId, wish) })),
    );
    const method = await own(db, userId, id);
    if (method.status !== 'PENDING') return method;
    return settled(await setUp(method));
  }

  async function note(
    tx: Transaction,
    userId: string,
    wish: { provider: string; token: string; isDefault: boolean },
  ): Promise<string> {
    const id = paymentMethodIds.create();
    const others = await book.lockAll(tx, userId);
    if (
      others.filter(({ status, createdAt }) => status === 'FAILED' && createdAt > daysAgo(1)).length >=
      mostFailures
    )
      throw new AppError('RATE_LIMITED', `At most ${mostFailures} payment methods may fail in a day.`);
    if (others.filter(({ status }) => status !== 'FAILED').length >= mostMethods)
      throw new AppError('CONFLICT', `You have ${mostMethods} payment methods. Remove one first.`);
    await tx.paymentMethod.create({ data: { id, userId, ...wish, createdAt: clock.now() } });
    await record(tx, 'paymentMethod.added', { id, userId }, { provider: wish.provider });
    return id;
  }

  async function setUp({ id, userId, provider: name, token }: PaymentMethod): Promise<PaymentMethod> {
    const provider = providers.named(name);
    const reference = paymentMethodIds.encode(id);
    const customerId = await customers.of(provider, userId);
    const saved = await provider
      .saveMethod({ token, reference, idempotencyKey: reference, customerId })
      .catch(failed);
    return db.$transaction((tx) => book.write(tx, { id, userId }, saved));
  }

  async function confirm(userId: string, id: string): Promise<PaymentMethod> {
    const method = await own(db, userId, id);
    return method.status === 'ACTION_REQUIRED' ? settled(await complete(method)) : method;
  }

  async function complete({ id, userId, provider, setupId }: PaymentMethod): Promise<PaymentMethod> {
    const request = { setupId: setupId!, idempotencyKey: paymentMethodIds.encode(id) };
    const saved = await providers.named(provider).completeMethod(request).catch(failed);
    return db.$transaction((tx) => book.write(tx, { id, userId }, saved));
  }

  /** The provider tells that something happened: a job asks what. */
  async function noticed(tx: Transaction, reference: string): Promise<'APPLIED' | 'NOTHING_NEW'> {
    const id = paymentMethodIds.find(reference);
    const method = id && (await tx.paymentMethod.findUnique({ where: { id } }));
    if (!method || method.status !== 'ACTION_REQUIRED') return 'NOTHING_NEW';
    await addJob(tx, refreshPaymentMethod, { methodId: method.id });
    return 'APPLIED';
  }

  async function refresh({ methodId }: { methodId: string }): Promise<void> {
    const method = await db.paymentMethod.findUnique({ where: { id: methodId } });
    if (method?.status === 'ACTION_REQUIRED') await complete(method);
  }

  const setDefault = (userId: string, id: string): Promise<PaymentMethod> =>
    db.$transaction(async (tx) => {
      await book.lockAll(tx, userId);
      const method = await own(tx, userId, id);
      assertActive(method);
      if (method.isDefault) return method;
      await record(tx, 'paymentMethod.madeDefault', method, {});
      return book.makeDefault(tx, method);
    });

  const remove = (userId: string, id: string): Promise<PaymentMethod> =>
    db.$transaction(async (tx) => {
      await book.lockAll(tx, userId);
      const method = await own(tx, userId, id);
      const removed = await book.remove(tx, method);
      await record(tx, 'paymentMethod.removed', method, {});
      await addJob(tx, forgetPaymentMethod, { methodId: id });
      return removed;
    });

  /** The job: the row goes when the provider has forgotten the method. */
  async function forget({ methodId }: { methodId: string }): Promise<void> {
    const method = await db.paymentMethod.findUnique({ where: { id: methodId } });
    if (method?.status !== 'REMOVED') return;
    await providers.named(method.provider).forgetMethod(method.token).catch(unlessRefused);
    await db.paymentMethod.deleteMany({ where: { id: methodId } });
  }

  /**
   * What to charge: a method that is given, or one of the person's own. Throws AppError INVALID_INPUT, NOT_FOUND or
   * PAYMENT_METHOD_NOT_ACTIVE.
   */
  async function chargeable(
    tx: Transaction,
    userId: string,
    { paymentMethod, paymentMethodId }: ChosenMethod,
    use = { isRepeated: false },
  ): Promise<{ provider: string; token: string }> {
    if ((paymentMethod == null) === (paymentMethodId == null)) {
      throw new AppError('INVALID_INPUT', 'Give a payment method, or the id of a saved one.', {
        path: ['paymentMethod'],
      });
    }
    if (paymentMethod != null) return providers.accept(paymentMethod, use);
    const method = await own(tx, userId, decoded(paymentMethodId!));
    assertActive(method);
    return { provider: method.provider, token: method.token };
  }

  /** An active method of the person by its key; null when there is none. */
  async function savedMethod(
    tx: Transaction,
    userId: string,
    id: string,
  ): Promise<{ provider: string; token: string } | null> {
    const where = { id, userId, status: 'ACTIVE' as const };
    return tx.paymentMethod.findFirst({ where, select: { provider: true, token: true } });
  }

  const daysAgo = (days: number): Date => new Date(clock.now().getTime() - days * dayMs);

  /** The nightly job: what failed is nobody's method, and counts for a day. */
  async function removeFailed(): Promise<void> {
    await db.paymentMethod.deleteMany({ where: { status: 'FAILED', createdAt: { lt: daysAgo(2) } } });
  }

  /** Of a person who is gone: the rows lead to nobody from now on, and go when the providers have forgotten them. */
  async function eraseAllOf(tx: Transaction, userId: string): Promise<number> {
    const methods = await tx.paymentMethod.findMany({ where: { userId }, select: { id: true } });
    for (const { id } of methods) {
      await book.erase(tx, id, randomUUID());
      await addJob(tx, forgetPaymentMethod, { methodId: id });
    }
    return methods.length;
  }

  const list = (userId: string, { where, orderBy, take }: Page): Promise<PaymentMethod[]> =>
    db.paymentMethod.findMany({
      where: { AND: [{ userId, status: { notIn: ['REMOVED', 'FAILED'] } }, where] },
      orderBy: [...orderBy],
      take,
    });

  /** Another person's method looks like none. */
  async function own(from: Transaction, userId: string, id: string): Promise<PaymentMethod> {
    const method = await from.paymentMethod.findFirst({ where: { id, userId, status: { not: 'REMOVED' } } });
    if (method) return method;
    throw new AppError('NOT_FOUND', 'There is no such payment method.', { path: ['paymentMethodId'] });
  }

  const record = (
    tx: Transaction,
    action: AuditAction,
    { id, userId }: { id: string; userId: string },
    after: Record<string, unknown>,
  ) =>
    audit.record(tx, {
      action,
      subject: { type: 'PaymentMethod', id: paymentMethodIds.encode(id) },
      personId: userId,
      after,
    });

  return {
    add,
    confirm,
    noticed,
    refresh,
    setDefault,
    remove,
    forget,
    removeFailed,
    chargeable,
    savedMethod,
    eraseAllOf,
    list,
  };
}

function failed(error: unknown): { status: 'FAILED'; failure: string } {
  if (error instanceof PaymentRefused) return { status: 'FAILED', failure: error.failure };
  throw error;
}

function unlessRefused(error: unknown): void {
  if (!(error instanceof PaymentRefused)) throw error;
}

function settled(method: PaymentMethod): PaymentMethod {
  if (method.status !== 'FAILED') return method;
  throw new AppError('PAYMENT_METHOD_REFUSED', 'This payment method was refused. Try another.', {
    path: ['paymentMethod'],
  });
}

function decoded(paymentMethodId: string): string {
  const id = paymentMethodIds.find(paymentMethodId);
  if (id !== null) return id;
  throw new AppError('INVALID_INPUT', 'This is not the id of a payment method.', {
    path: ['paymentMethodId'],
  });
}

function assertActive({ status }: PaymentMethod): void {
  if (status === 'ACTIVE') return;
  throw new AppError('PAYMENT_METHOD_NOT_ACTIVE', 'This payment method cannot be charged.', {
    path: ['paymentMethodId'],
  });
}
