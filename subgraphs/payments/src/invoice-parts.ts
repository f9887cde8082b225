import {
  onJob,
  type Audit,
  type Clock,
  type Mailer,
  type Outbox,
  type PrivateStore,
  type Viewer,
} from '@diaspora/kit';
import {
  billingSlice,
  createBilling,
  createBillingLoaders,
  customerHandlers,
  type Billing,
  type BillingLoaders,
} from './billing/index.js';
import type { Db } from './database.js';
import {
  createDelivery,
  createDocuments,
  createInvoiceDesk,
  createInvoiceLists,
  createInvoiceLoaders,
  createInvoiceMovements,
  createInvoicing,
  createInvoiceSettings,
  createRetention,
  invoicesSlice,
  type Documents,
  type InvoiceDesk,
  type InvoiceLists,
  type InvoiceLoaders,
  type InvoiceSettings,
} from './invoices/index.js';
import { deliverInvoice, eraseOldRecipients } from './jobs.js';
import type { PaymentsMessages } from './messages.js';

export interface InvoiceServices {
  readonly billing: Billing;
  readonly documents: Documents;
  readonly invoiceDesk: InvoiceDesk;
  readonly invoiceLists: InvoiceLists;
  readonly invoiceSettings: InvoiceSettings;
}

export type InvoicePartLoaders = BillingLoaders & InvoiceLoaders;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly outbox: Outbox<PaymentsMessages>;
  readonly audit: Audit;
  readonly privateStore: PrivateStore;
  readonly mailer: Mailer;
}

/** Invoices and whom they are made out to, put together. */
export function composeInvoices({ db, clock, outbox, audit, privateStore, mailer }: Dependencies) {
  const billing = createBilling({ db });
  const invoicing = createInvoicing({ clock, outbox, billing });
  const delivery = createDelivery({ db, clock, privateStore, mailer, billing, outbox });
  const retention = createRetention({ db, clock });
  const services: InvoiceServices = {
    billing,
    documents: createDocuments({ db, clock, privateStore, audit }),
    invoiceDesk: createInvoiceDesk({ db, invoicing, audit }),
    invoiceLists: createInvoiceLists({ db }),
    invoiceSettings: createInvoiceSettings({ db, clock, audit }),
  };
  return {
    document: createInvoiceMovements(invoicing),
    retention,
    services,
    slices: [billingSlice, invoicesSlice],
    createLoaders: (viewer: Viewer | null): InvoicePartLoaders => ({
      ...createBillingLoaders(db, viewer),
      ...createInvoiceLoaders(db, viewer),
    }),
    handlers: customerHandlers,
    jobs: { ...onJob(deliverInvoice, delivery.deliver), ...onJob(eraseOldRecipients, retention.eraseOld) },
  };
}
