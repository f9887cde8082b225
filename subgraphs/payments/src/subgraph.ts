import {
  createOutbox,
  defineSubgraph,
  onJob,
  startSubgraph,
  type Clock,
  type Logger,
  type RunningSubgraph,
} from '@diaspora/kit';
import type { PaymentsConfig } from './config.js';
import type { Context } from './context.js';
import { connectDatabase, type Db } from './database.js';
import {
  advanceSubscriptions,
  crontab,
  deliverSandboxEvent,
  processProviderEvent,
  requestPayment,
  settleSandboxPayment,
  sweepProviders,
} from './jobs.js';
import { messages } from './messages.js';
import { createPlanLoaders, createPlans, plansSlice } from './plans/index.js';
import { createProviders, createSandbox, withTimeout, type PaymentProvider } from './providers/index.js';
import {
  createCharges,
  createLifecycle,
  createRenewals,
  createSubscriptionLoaders,
  createSubscriptions,
  subscriptionsSlice,
} from './subscriptions/index.js';
import { createInbox, webhookRoutes } from './webhooks/index.js';

export interface PaymentsDependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
  readonly config: Pick<PaymentsConfig, 'SANDBOX_WEBHOOK_SECRET' | 'SANDBOX_WEBHOOK_URL'>;
  /** Wraps a provider, for tests that make it fail. */
  readonly wrapProvider?: (provider: PaymentProvider) => PaymentProvider;
}

const providerTimeoutMs = 10_000;

/** The composition root: dependencies in, subgraph out. */
export function createPaymentsSubgraph({ db, clock, log, config, wrapProvider }: PaymentsDependencies) {
  const outbox = createOutbox(messages, { clock });
  const { SANDBOX_WEBHOOK_SECRET: webhookSecret, SANDBOX_WEBHOOK_URL: webhookUrl } = config;
  const sandbox = webhookSecret ? createSandbox({ db, clock, webhookUrl, webhookSecret }) : undefined;
  const providers = createProviders(
    (sandbox ? [sandbox.provider] : []).map((provider) =>
      withTimeout(wrapProvider ? wrapProvider(provider) : provider, providerTimeoutMs),
    ),
  );
  const lifecycle = createLifecycle({ outbox });
  const plans = createPlans({ db });
  const charges = createCharges({ db, clock, outbox, providers, lifecycle });
  const subscriptions = createSubscriptions({ db, clock, plans, providers, charges, lifecycle });
  const renewals = createRenewals({ db, clock, charges, lifecycle });
  const inbox = createInbox({ db, clock, log, providers, settle: charges.settle });
  const services = { plans, subscriptions };

  return defineSubgraph<Context>({
    name: 'payments',
    slices: [plansSlice, subscriptionsSlice],
    createContext: (base) => ({
      ...base,
      services,
      loaders: { ...createPlanLoaders(db), ...createSubscriptionLoaders(db, base.viewer) },
    }),
    jobs: {
      ...onJob(requestPayment, charges.request),
      ...onJob(processProviderEvent, inbox.process),
      ...onJob(advanceSubscriptions, renewals.advanceDue),
      ...onJob(sweepProviders, async () => {
        await inbox.sweep();
        await renewals.requestUnacknowledged();
      }),
      ...(sandbox && {
        ...onJob(settleSandboxPayment, sandbox.settle),
        ...onJob(deliverSandboxEvent, sandbox.deliver),
      }),
    },
    crontab,
    routes: webhookRoutes({ providers, inbox, log }),
  });
}

/** Starts the service as configured; used by main.ts and by the one-machine run. */
export const startPayments = (options: {
  config: PaymentsConfig;
  log: Logger;
  clock?: Clock;
}): Promise<RunningSubgraph> =>
  startSubgraph({
    ...options,
    name: 'payments',
    connect: connectDatabase,
    create: ({ db, clock, log }) => createPaymentsSubgraph({ db, clock, log, config: options.config }),
  });
