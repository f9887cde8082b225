import type { PersonalDataDecisions } from '@diaspora/kit';
import type { Prisma } from '../database.js';

/** Books are kept for as long as the law asks; whom they are about is known by a key that leads to nobody. */
const books = { exported: 'subscriptions', erasure: 'PSEUDONYMISED' } as const;

/** Numbers, sums and dates are kept for as long as the law asks; what names a person is apart from them (ADR 35). */
const invoices = { exported: 'invoices', erasure: 'PSEUDONYMISED' } as const;
const billing = { exported: 'billing', erasure: 'ERASED' } as const;

/** What of this subgraph is a person's, and what becomes of it. */
const credits = { exported: 'credits', erasure: 'ERASED' } as const;

export const personalDataDecisions: PersonalDataDecisions<Prisma.ModelName> = {
  tables: {
    Plan: { impersonal: 'what is on offer' },
    Subscription: books,
    SubscriptionPeriod: { exported: { not: 'payments say what they were for' }, erasure: 'PSEUDONYMISED' },
    Trial: { exported: { not: 'the subscription says when its trial ends' }, erasure: 'ERASED' },
    Payment: { exported: 'payments', erasure: 'PSEUDONYMISED' },
    Order: { exported: 'orders', erasure: 'PSEUDONYMISED' },
    OrderLine: { exported: 'orders', erasure: 'PSEUDONYMISED' },
    OrderRefund: { exported: 'orders', erasure: 'PSEUDONYMISED' },
    OrderCancellation: { impersonal: 'why an order is not paid any more' },
    PlatformFee: {
      exported: { not: 'who set the fee is told by the audit trail' },
      erasure: 'PSEUDONYMISED',
    },
    LedgerAccount: { exported: 'sales', erasure: 'PSEUDONYMISED' },
    LedgerBalance: { exported: 'sales', erasure: 'PSEUDONYMISED' },
    LedgerTransaction: { impersonal: 'money that moved between accounts' },
    LedgerPosting: { exported: 'salesBookings', erasure: 'PSEUDONYMISED' },
    LedgerRoute: { impersonal: 'which accounts may be booked by what' },
    PaymentMethod: { exported: 'paymentMethods', erasure: 'ERASED' },
    ProviderCustomer: { exported: { not: 'what a provider calls the person' }, erasure: 'ERASED' },
    Refund: { exported: 'refunds', erasure: 'PSEUDONYMISED' },
    Dispute: { exported: 'disputes', erasure: 'PSEUDONYMISED' },
    CreditAccount: credits,
    CreditGrant: credits,
    CreditReservation: credits,
    CreditAllocation: {
      exported: { not: 'how the lines of the history were worked out' },
      erasure: 'ERASED',
    },
    CreditEntry: credits,
    Customer: billing,
    BillingDetails: billing,
    Invoice: invoices,
    InvoiceLine: invoices,
    InvoiceTax: { exported: { not: 'sums of the lines' }, erasure: 'PSEUDONYMISED' },
    InvoiceRecipient: {
      exported: 'invoices',
      erasure: {
        kept: 'details that a person gave for invoices stay on them for ten years, as tax law asks; names of profiles are erased',
      },
    },
    InvoiceDelivery: { impersonal: 'when documents were written and mailed' },
    InvoiceIssuer: { impersonal: 'who runs the platform' },
    InvoiceCounter: { impersonal: 'the last number of a series' },
    RevenueDay: { impersonal: 'sums of a day' },
    RecurringDay: { impersonal: 'sums of a day' },
    CountedSubscription: {
      exported: { not: 'how a subscription is counted in sums' },
      erasure: {
        kept: 'says what a subscription brings, which the books say too, and nothing of the person',
      },
    },
    TaxRate: { impersonal: 'what the law says' },
    ProviderEvent: { exported: { not: 'the provider’s words for what payments say' }, erasure: 'ERASED' },
    ProviderSweep: { impersonal: 'how far a list was read' },
    SandboxPayment: { exported: { not: 'the books of the sandbox provider' }, erasure: 'PSEUDONYMISED' },
    SandboxRefund: { impersonal: 'amounts and references of test refunds' },
    SandboxEvent: { impersonal: 'amounts and references of test payments' },
  },
  fields: {
    'PlanSubscription.user': books,
    'Invoice.customer': invoices,
    'Order.buyer': { exported: 'orders', erasure: 'PSEUDONYMISED' },
    'Order.seller': { exported: 'sales', erasure: 'PSEUDONYMISED' },
    'LedgerAccount.seller': { exported: 'sales', erasure: 'PSEUDONYMISED' },
    'PaymentMethod.user': { exported: 'paymentMethods', erasure: 'ERASED' },
  },
};
