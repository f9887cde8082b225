import {
  createAudit,
  createMailer,
  createOutbox,
  createPersonalData,
  createPrivateStore,
  defineSubgraph,
  onJob,
  startSubgraph,
  type Clock,
  type Logger,
  type Mailer,
  type PrivateStore,
  type RunningSubgraph,
} from '@diaspora/kit';
import type { Registry } from 'prom-client';
import { checkoutSlice, createCheckout, createOrderLoaders, createOrderPurpose } from './checkout/index.js';
import {
  chargeJobs,
  chargesSlice,
  createChargeLoaders,
  createCharges,
  createCustomers,
  type MovementListener,
} from './charges/index.js';
import type { PaymentsConfig } from './config.js';
import type { Context } from './context.js';
import {
  createCreditAccounts,
  createCreditGranting,
  createCreditLoaders,
  createCredits,
  creditsSlice,
} from './credits/index.js';
import { connectDatabase, type Db } from './database.js';
import { userIds } from './ids.js';
import { countingHandlers, countMovements, createRevenueMetrics, insightsSlice } from './insights/index.js';
import { composeInvoices } from './invoice-parts.js';
import { introduceIssuer } from './invoices/index.js';
import {
  crontab,
  forgetCustomer,
  forgetPaymentMethod,
  processProviderEvent,
  refreshPaymentMethod,
  sweepProviders,
  tidyUp,
  verifyLedger,
  writeOverdueCredits,
} from './jobs.js';
import {
  createBookkeeping,
  createBooks,
  createLedger,
  createLedgerLoaders,
  ledgerSlice,
} from './ledger/index.js';
import { messages } from './messages.js';
import {
  createPaymentMethodLoaders,
  createPaymentMethods,
  paymentMethodsSlice,
} from './payment-methods/index.js';
import { createPaymentsPersonalData } from './personal-data/index.js';
import { composeProviders, type ProviderOptions } from './provider-parts.js';
import { noStep, type AfterStep } from './steps.js';
import { createLifecycle, createSubscriptionPurpose } from './subscriptions/index.js';
import { composeSubscriptions } from './subscription-parts.js';
import { createInbox, webhookRoutes, webhooksSlice } from './webhooks/index.js';

export interface PaymentsDependencies extends ProviderOptions {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
  readonly privateStore: PrivateStore;
  readonly mailer: Mailer;
  /** Where metrics are read; absent in tests that read none. */
  readonly registry?: Registry;
  /** Hears of money that moves, for tests that watch it. */
  readonly listeners?: readonly MovementListener[];
  /** Told of each step of a purchase, for tests that end the process there. */
  readonly afterStep?: AfterStep;
}

/** The composition root: dependencies in, subgraph out. */
export function createPaymentsSubgraph(dependencies: PaymentsDependencies) {
  const { db, clock, log, privateStore, mailer, listeners = [], afterStep = noStep } = dependencies;
  const outbox = createOutbox(messages, { clock });
  const audit = createAudit({ source: 'payments', clock });
  const { providers, jobs: sandboxJobs } = composeProviders(dependencies);
  const accounts = createCreditAccounts({ clock, outbox });
  const credits = createCredits({ db, clock, audit, accounts });
  const creditGranting = createCreditGranting({ db, clock, audit, accounts });
  const lifecycle = createLifecycle({ outbox, audit, credits: creditGranting });
  const invoices = composeInvoices({ db, clock, outbox, audit, privateStore, mailer });
  const bookkeeping = createBookkeeping({ ledger: createLedger({ clock }) });
  const customers = createCustomers({ db, clock, providers });
  const paymentMethods = createPaymentMethods({ db, clock, providers, customers, audit });
  const charges = createCharges({
    db,
    clock,
    log,
    outbox,
    providers,
    purposes: {
      subscription: createSubscriptionPurpose({ lifecycle }),
      order: createOrderPurpose({ outbox, bookkeeping, audit, afterStep }),
    },
    listeners: [bookkeeping.movement, ...listeners],
    documents: [countMovements, invoices.document],
    customers,
  });
  const checkout = createCheckout({
    db,
    clock,
    audit,
    outbox,
    paymentMethods,
    charges,
    bookkeeping,
    afterStep,
  });
  const books = createBooks({ db, clock, log });
  const subscriptions = composeSubscriptions({
    ...{ db, clock, log, audit, paymentMethods, charges, lifecycle },
  });
  const inbox = createInbox({
    db,
    clock,
    log,
    providers,
    registry: dependencies.registry,
    settle: (tx, provider, news) =>
      news.kind === 'method'
        ? paymentMethods.noticed(tx, news.reference)
        : charges.settle(tx, provider, news),
  });
  const personalData = createPersonalData({
    source: 'payments',
    requestedBy: 'users',
    personIds: userIds,
    clock,
    db,
    store: privateStore,
    personalData: createPaymentsPersonalData({
      db,
      orders: checkout.orders,
      subscriptions: subscriptions.services.subscriptions,
      retention: invoices.retention,
      paymentMethods,
      customers,
    }),
  });
  const services = {
    ...checkout.services,
    books,
    credits,
    creditGranting,
    ...subscriptions.services,
    ...invoices.services,
    revenueMetrics: createRevenueMetrics({ db }),
    inbox,
    paymentMethods,
  };

  return defineSubgraph<Context>({
    name: 'payments',
    slices: [
      checkoutSlice,
      ledgerSlice,
      ...subscriptions.slices,
      paymentMethodsSlice,
      chargesSlice,
      creditsSlice,
      webhooksSlice,
      ...invoices.slices,
      insightsSlice,
    ],
    createContext: (base) => ({
      ...base,
      services,
      loaders: {
        ...createChargeLoaders(db, base.viewer),
        ...createPaymentMethodLoaders(db, base.viewer),
        ...createCreditLoaders(db, clock, base.viewer),
        ...createLedgerLoaders(db, base.viewer),
        ...createOrderLoaders(db, base.viewer),
        ...subscriptions.createLoaders(base.viewer),
        ...invoices.createLoaders(base.viewer),
      },
    }),
    handlers: [...checkout.handlers, ...invoices.handlers, ...countingHandlers, ...personalData.handlers],
    jobs: {
      ...personalData.jobs,
      ...checkout.jobs,
      ...subscriptions.jobs,
      ...chargeJobs(charges),
      ...onJob(refreshPaymentMethod, paymentMethods.refresh),
      ...onJob(forgetPaymentMethod, paymentMethods.forget),
      ...onJob(forgetCustomer, customers.forget),
      ...onJob(processProviderEvent, inbox.process),
      ...onJob(sweepProviders, async () => {
        await inbox.sweep();
        await charges.sweep();
      }),
      ...onJob(tidyUp, async () => {
        await inbox.emptyOld();
        await paymentMethods.removeFailed();
      }),
      ...onJob(writeOverdueCredits, creditGranting.writeOverdue),
      ...invoices.jobs,
      ...onJob(verifyLedger, books.verifyNightly),
      ...sandboxJobs,
    },
    crontab,
    routes: webhookRoutes({ providers, inbox, log, clock }),
  });
}

/** Starts the service as configured; used by main.ts and by the one-machine run. */
export const startPayments = (options: {
  config: PaymentsConfig;
  log: Logger;
  clock?: Clock;
  afterStep?: AfterStep;
}): Promise<RunningSubgraph> =>
  startSubgraph({
    ...options,
    name: 'payments',
    connect: connectDatabase,
    create: async ({ db, clock, log, registry, onStop }) => {
      const { config, afterStep } = options;
      const privateStore = await createPrivateStore(config);
      onStop(() => privateStore.stop());
      const mailer = await createMailer(config);
      await introduceIssuer({ db, log }, config);
      return createPaymentsSubgraph({
        db,
        clock,
        log,
        registry,
        privateStore,
        mailer,
        config,
        ...(afterStep && { afterStep }),
      });
    },
  });
