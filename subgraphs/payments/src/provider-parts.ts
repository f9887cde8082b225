import { onJob, type Clock, type Logger } from '@diaspora/kit';
import type { PaymentsConfig } from './config.js';
import type { Db } from './database.js';
import {
  deliverSandboxEvent,
  disputeSandboxPayment,
  returnSandboxRefund,
  settleSandboxPayment,
} from './jobs.js';
import {
  configuredProviders,
  createProviders,
  createSandbox,
  guarded,
  type GuardOptions,
  type PaymentProvider,
  type ProviderSettings,
} from './providers/index.js';

/** Which providers are turned on, and how the service reaches them. */
export interface ProviderOptions {
  readonly config: Pick<PaymentsConfig, 'SANDBOX_WEBHOOK_SECRET' | 'SANDBOX_WEBHOOK_URL'> & ProviderSettings;
  /** When a provider is given up for a while, for tests that do not wait so long. */
  readonly patience?: Omit<GuardOptions, 'log'>;
  /** Wraps a provider, for tests that make it fail. */
  readonly wrapProvider?: (provider: PaymentProvider) => PaymentProvider;
}

interface Dependencies extends ProviderOptions {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The providers that are turned on, each behind its guard, and what the embedded one does by itself. */
export function composeProviders({ db, clock, log, config, patience, wrapProvider }: Dependencies) {
  const { SANDBOX_WEBHOOK_SECRET: webhookSecret, SANDBOX_WEBHOOK_URL: webhookUrl } = config;
  const sandbox = webhookSecret ? createSandbox({ db, clock, webhookUrl, webhookSecret }) : undefined;
  const providers = createProviders(
    [...(sandbox ? [sandbox.provider] : []), ...configuredProviders(config, clock)].map((provider) =>
      guarded(wrapProvider ? wrapProvider(provider) : provider, { log, ...patience }),
    ),
  );
  const jobs = sandbox && {
    ...onJob(settleSandboxPayment, sandbox.settle),
    ...onJob(disputeSandboxPayment, sandbox.dispute),
    ...onJob(returnSandboxRefund, sandbox.comeBack),
    ...onJob(deliverSandboxEvent, sandbox.deliver),
  };
  return { providers, jobs };
}
