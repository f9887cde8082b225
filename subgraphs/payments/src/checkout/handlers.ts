import { messagesFrom, type IdType, type MessageHandler } from '@diaspora/kit';
import type { EventsMessages } from '@diaspora/events/messages';
import { z } from 'zod';
import type { Transaction } from '../database.js';
import { orderIds, paymentMethodIds, refundIds, userIds } from '../ids.js';
import type { AfterStep } from '../steps.js';
import type { Orders } from './orders.js';
import type { OrderRefunds } from './refunds.js';

const events = messagesFrom<EventsMessages, Transaction>('events');

const minorUnits = z
  .string()
  .regex(/^-?\d+$/)
  .transform(BigInt);
const keyOf = (ids: IdType) => z.string().transform((id) => ids.decode(id));
const orderId = keyOf(orderIds);

const requested = z.object({
  orderId,
  buyerId: keyOf(userIds),
  sellerId: keyOf(userIds),
  currency: z.string().length(3),
  totalMinor: minorUnits,
  lines: z.array(
    z.object({
      description: z.string(),
      quantity: z.int().positive(),
      unitAmountMinor: minorUnits,
      amountMinor: minorUnits,
    }),
  ),
  paymentMethodId: keyOf(paymentMethodIds).nullable(),
  payBefore: z.iso.datetime().transform((at) => new Date(at)),
});

const refundRequested = z.object({
  refundId: keyOf(refundIds),
  orderId,
  amountMinor: minorUnits.refine((amount) => amount > 0n),
  currency: z.string().length(3),
  reason: z.string(),
});

/** What events wishes of orders. Each may come again, and before what it builds on. */
export function createOrderHandlers(dependencies: {
  orders: Orders;
  refunds: OrderRefunds;
  afterStep: AfterStep;
}): MessageHandler<Transaction>[] {
  const { orders, refunds, afterStep } = dependencies;
  return [
    events.on('order.requested', requested, async ({ data: { orderId: id, ...order } }, tx) => {
      await orders.request(tx, { id, ...order });
      await afterStep('before:order.requested');
    }),
    events.on(
      'order.cancellationRequested',
      z.object({ orderId, reason: z.string() }),
      async ({ data }, tx) => {
        await orders.cancel(tx, data);
        await afterStep('before:order.cancellationRequested');
      },
    ),
    events.on('order.refundRequested', refundRequested, async ({ data: { refundId: id, ...wish } }, tx) => {
      await refunds.request(tx, { id, ...wish });
      await afterStep('before:order.refundRequested');
    }),
  ];
}
