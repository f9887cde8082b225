import { AppError, idempotent, parseInput, type Audit, type Clock } from '@diaspora/kit';
import type { Order } from '../__generated__/prisma/client.js';
import { assertFewDeclines, type Charges } from '../charges/index.js';
import type { Db, Transaction } from '../database.js';
import { orderIds } from '../ids.js';
import type { ChosenMethod, Method, PaymentMethods } from '../payment-methods/index.js';
import type { AfterStep } from '../steps.js';
import { lockOrder } from './locking.js';
import { payOrderInput, whyNotPayable } from './rules.js';
import type { OrderTelling } from './telling.js';

export type Paying = ReturnType<typeof createPaying>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly audit: Audit;
  readonly charges: Charges;
  readonly paymentMethods: Pick<PaymentMethods, 'choose' | 'hold' | 'holdIfActive'>;
  readonly telling: OrderTelling;
  readonly afterStep: AfterStep;
}

export interface PayOrderInput extends ChosenMethod {
  readonly idempotencyKey: string;
  readonly orderId: string;
}

/** Money for orders: asked for here, taken by the provider, told by its webhook. */
export function createPaying({
  db,
  clock,
  audit,
  charges,
  paymentMethods,
  telling,
  afterStep,
}: Dependencies) {
  /**
   * Another person's order looks like none. After a payment that failed, or that
   * waits for the buyer, it can be tried again until its time is over.
   */
  async function pay(buyerId: string, input: PayOrderInput): Promise<Order> {
    const { idempotencyKey: key, orderId } = parseInput(payOrderInput, input);
    const id = orderIds.decode(orderId);
    const choice = paymentMethods.choose(input, 'ONCE');
    const call = { actor: buyerId, operation: 'payOrder', key, request: { id, ...choice } };
    const begin = () =>
      db.$transaction((tx) =>
        idempotent(tx, call, async () => {
          const order = await lockOrder(tx, id);
          if (order?.buyerId !== buyerId)
            throw new AppError('NOT_FOUND', 'There is no such order.', { path: ['orderId'] });
          const refusal = whyNotPayable(order, clock.now());
          if (refusal) throw refusal;
          await assertFewDeclines(tx, buyerId, { clock });
          const method = await paymentMethods.hold(tx, buyerId, choice);
          charges.assertTakes(method.provider, order.currency);
          await charge(tx, order, method);
          await afterStep('before:payOrder');
          return {};
        }),
      );
    await charges.insteadOf({ userId: buyerId, orderId: id }, begin);
    await afterStep('after:payOrder');
    return db.order.findUniqueOrThrow({ where: { id } });
  }

  /** By their purchase or their payment: either way the buyer is here. */
  async function charge(tx: Transaction, order: Order, method: Method): Promise<void> {
    const { provider } = method;
    const { id, buyerId: userId, totalMinor: amountMinor, currency, status } = order;
    const paidFor = { orderId: id };
    await charges.begin(tx, { paidFor, userId, amountMinor, currency, ...method, isPayerPresent: true });
    await tx.order.update({ where: { id }, data: { status: 'PAYING', paymentFailure: null } });
    await audit.record(tx, {
      action: 'order.paymentRequested',
      subject: { type: 'Order', id: orderIds.encode(id) },
      personId: userId,
      before: { status },
      after: { status: 'PAYING', provider },
    });
  }

  /** With a method that the buyer saved. One that is gone or not theirs pays nothing: the order waits to be paid by hand. */
  async function chargeSaved(tx: Transaction, order: Order, paymentMethodId: string): Promise<void> {
    const method = await paymentMethods.holdIfActive(tx, order.buyerId, paymentMethodId);
    if (method) return charge(tx, order, method);
    const { id } = order;
    const paymentFailure = 'payment_method_unknown';
    await tx.order.update({ where: { id }, data: { paymentFailure } });
    await telling.paymentFailed(tx, id, paymentFailure, clock.now());
  }

  /** Why the viewer cannot pay the order now; null when they can. */
  const refusal = (viewerId: string | undefined, order: Order): string | null =>
    order.buyerId === viewerId
      ? (whyNotPayable(order, clock.now())?.message ?? null)
      : 'Only the buyer pays an order.';

  return { pay, chargeSaved, refusal };
}
