import type { BaseContext } from '@diaspora/kit';
import type { RevenueMetrics } from './insights/index.js';
import type { InvoicePartLoaders, InvoiceServices } from './invoice-parts.js';
import type { ChargeLoaders } from './charges/index.js';
import type { CreditGranting, CreditLoaders, Credits } from './credits/index.js';
import type {
  FailedRefunds,
  OrderLoaders,
  OrderReading,
  Paying,
  PlatformFees,
  Timeline,
} from './checkout/index.js';
import type { Books, LedgerLoaders } from './ledger/index.js';
import type { PaymentMethodLoaders, PaymentMethods } from './payment-methods/index.js';
import type { PlanAdministration, PlanLoaders, Plans } from './plans/index.js';
import type { Pausing, PlanChanges, SubscriptionLoaders, Subscriptions } from './subscriptions/index.js';
import type { Inbox } from './webhooks/index.js';

export interface Services extends InvoiceServices {
  readonly revenueMetrics: RevenueMetrics;
  readonly credits: Credits;
  readonly creditGranting: CreditGranting;
  readonly books: Books;
  readonly orders: OrderReading;
  readonly paying: Paying;
  readonly platformFees: PlatformFees;
  readonly timeline: Timeline;
  readonly failedRefunds: FailedRefunds;
  readonly inbox: Inbox;
  readonly paymentMethods: PaymentMethods;
  readonly plans: Plans;
  readonly planAdministration: PlanAdministration;
  readonly subscriptions: Subscriptions;
  readonly planChanges: PlanChanges;
  readonly pausing: Pausing;
}

export interface Context extends BaseContext {
  readonly services: Services;
  readonly loaders: ChargeLoaders &
    CreditLoaders &
    InvoicePartLoaders &
    LedgerLoaders &
    OrderLoaders &
    PaymentMethodLoaders &
    PlanLoaders &
    SubscriptionLoaders;
}
