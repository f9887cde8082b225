import { randomUUID } from 'node:crypto';
import {
  addJob,
  AppError,
  dayMs,
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
import { assertFewDeclines, type Customers } from '../charges/index.js';
import type { Db, Transaction } from '../database.js';
import { paymentMethodIds } from '../ids.js';
import { forgetPaymentMethod, refreshPaymentMethod } from '../jobs.js';
import { PaymentRefused, type PaymentMethod as GivenMethod, type Providers } from '../providers/index.js';
import { createMethodBook } from './book.js';
import { assertActive, createChoosing, noSuchMethod } from './choosing.js';
import { assertUnused } from './usage.js';

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

const addInput = z.object({ idempotencyKey: idempotencyKey(), isDefault: z.boolean().nullish() });
const mostMethods = 20;
/** What failed is counted for a day (`assertFewDeclines`), and gone the day after. */
const failedKeptMs = 2 * dayMs;

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
    if (others.filter(({ status }) => status !== 'FAILED').length >= mostMethods)
      throw new AppError('CONFLICT', `You have ${mostMethods} payment methods. Remove one first.`);
    await assertFewDeclines(tx, userId, { clock });
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

  /** Throws AppError PAYMENT_METHOD_IN_USE for one that something is charged to. */
  const remove = (userId: string, id: string): Promise<PaymentMethod> =>
    db.$transaction(async (tx) => {
      await book.lockAll(tx, userId);
      await tx.$executeRaw`SELECT 1 FROM payment_methods WHERE id = ${id}::uuid FOR NO KEY UPDATE`;
      const method = await own(tx, userId, id);
      await assertUnused(tx, id);
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

  /** The nightly job: what failed is nobody's method. */
  async function removeFailed(): Promise<void> {
    const lt = new Date(clock.now().getTime() - failedKeptMs);
    await db.paymentMethod.deleteMany({ where: { status: 'FAILED', createdAt: { lt } } });
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
    throw noSuchMethod();
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
    ...createChoosing({ providers }),
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
