import type {
  CreditReservation,
  LedgerAccount,
  LedgerBalance,
  Order,
  OrderLine,
  OrderRefund,
  PaymentMethod,
  Plan,
  ProviderEvent,
  Subscription,
} from './__generated__/prisma/client.js';
import type { TimelineEntry } from './checkout/index.js';
import type { CurrencyRevenue, Report } from './insights/index.js';
import type { EntryWithCause } from './credits/index.js';
import type {
  BillingDetails,
  Invoice,
  InvoiceIssuer,
  InvoiceLine,
  InvoiceTax,
  TaxRate,
} from './__generated__/prisma/client.js';
import type { ChangePreview } from './subscriptions/index.js';
import type { NextAction } from './providers/index.js';

export type CreditEntryModel = EntryWithCause;
export type CreditReservationModel = CreditReservation;
export type LedgerAccountModel = LedgerAccount & { readonly balance: LedgerBalance | null };
export type LedgerPostingModel = TimelineEntry['postings'][number];
export type OrderModel = Order;
export type OrderLineModel = OrderLine & { readonly currency: string };
export type OrderRefundModel = OrderRefund;
export type PurchaseTimelineEntryModel = TimelineEntry;
export type PaymentActionModel = NextAction;
export type PaymentMethodModel = PaymentMethod;
export type ProviderEventModel = ProviderEvent;
export type PlanModel = Plan;
export type SubscriptionChangePreviewModel = ChangePreview;
export type PlanSubscriptionModel = Subscription;
/** A person as a reference: the public id. */
export type UserModel = { readonly id: string };
export type BillingDetailsModel = BillingDetails;
export type InvoiceModel = Invoice;
export type InvoiceLineModel = InvoiceLine & { readonly currency: string };
export type InvoiceTaxModel = InvoiceTax & { readonly currency: string };
export type AnalyticsReportModel = Report;
export type CurrencyRevenueModel = CurrencyRevenue;
export type RevenueModel = CurrencyRevenue;
export type InvoiceIssuerModel = InvoiceIssuer;
export type TaxRateModel = TaxRate;
