import { onJob, readTypeDefs, type Audit, type Clock, type Outbox, type Slice } from '@diaspora/kit';
import type { Charges } from '../charges/index.js';
import type { Db } from '../database.js';
import { carryOutOrderRefunds } from '../jobs.js';
import type { Bookkeeping } from '../ledger/index.js';
import type { PaymentsMessages } from '../messages.js';
import type { PaymentMethods } from '../payment-methods/index.js';
import type { AfterStep } from '../steps.js';
import { createOrderHandlers } from './handlers.js';
import { createFailedRefunds } from './failed-refunds.js';
import { createOrders } from './orders.js';
import { createPaying } from './paying.js';
import { permissions } from './permissions.js';
import { createPlatformFees } from './platform-fee.js';
import { createOrderReading } from './reading.js';
import { createOrderRefunds } from './refunds.js';
import { resolvers } from './resolvers.js';
import { createOrderTelling } from './telling.js';
import { createTimeline } from './timeline.js';

export { createOrderLoaders, type OrderLoaders } from './loaders.js';
export type { FailedRefunds } from './failed-refunds.js';
export type { Orders } from './orders.js';
export type { Paying } from './paying.js';
export type { PlatformFees } from './platform-fee.js';
export { createOrderPurpose } from './purpose.js';
export type { OrderReading } from './reading.js';
export type { Timeline, TimelineEntry } from './timeline.js';

export const checkoutSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly audit: Audit;
  readonly outbox: Outbox<PaymentsMessages>;
  readonly paymentMethods: Pick<PaymentMethods, 'choose' | 'hold' | 'holdIfActive'>;
  readonly charges: Charges;
  readonly bookkeeping: Bookkeeping;
  readonly afterStep: AfterStep;
}

/** Orders of purchases: what events wishes, what buyers pay, and what became of it. */
export function createCheckout({ outbox, bookkeeping, afterStep, ...dependencies }: Dependencies) {
  const telling = createOrderTelling({ outbox });
  const platformFees = createPlatformFees(dependencies);
  const paying = createPaying({ ...dependencies, telling, afterStep });
  const refunds = createOrderRefunds({ ...dependencies, bookkeeping, telling });
  const orders = createOrders({ ...dependencies, telling, fees: platformFees, paying, refunds });
  return {
    orders,
    services: {
      platformFees,
      paying,
      orders: createOrderReading(dependencies),
      timeline: createTimeline(dependencies),
      failedRefunds: createFailedRefunds({ ...dependencies, refunds }),
    },
    handlers: createOrderHandlers({ orders, refunds, afterStep }),
    jobs: onJob(carryOutOrderRefunds, refunds.carryOutWaiting),
  };
}
