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
import type { SubscriptionPartLoaders, SubscriptionServices } from './subscription-parts.js';
import type { Inbox } from './webhooks/index.js';

export interface Services extends InvoiceServices, SubscriptionServices {
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
}

export interface Context extends BaseContext {
  readonly services: Services;
  readonly loaders: ChargeLoaders &
    CreditLoaders &
    InvoicePartLoaders &
    LedgerLoaders &
    OrderLoaders &
    PaymentMethodLoaders &
    SubscriptionPartLoaders;
}
