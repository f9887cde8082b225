import { AppError } from '@diaspora/kit';
import type { PaymentMethod, PaymentProvider } from './provider.js';

export { PaymentRefused, WebhookRefused } from './provider.js';
export type { PaymentMethod, PaymentNews, PaymentProvider, ProviderEvent } from './provider.js';
export { createSandbox, type Sandbox } from './sandbox/sandbox.js';
export { withTimeout } from './timeout.js';

export type Providers = ReturnType<typeof createProviders>;

/** The providers by name, and the one that takes a payment method. */
export function createProviders(providers: readonly PaymentProvider[]) {
  /** Throws AppError INVALID_INPUT unless exactly one method is given and some provider takes it. */
  function accept(method: PaymentMethod): { provider: string; token: string } {
    const given = Object.values(method).filter((member) => member != null);
    if (given.length !== 1) {
      throw new AppError('INVALID_INPUT', 'Give exactly one payment method.', { path: ['paymentMethod'] });
    }
    for (const provider of providers) {
      const token = provider.accept(method);
      if (token !== undefined) return { provider: provider.name, token };
    }
    throw new AppError('INVALID_INPUT', 'This payment method is not supported.', { path: ['paymentMethod'] });
  }

  function named(name: string): PaymentProvider {
    const provider = providers.find((each) => each.name === name);
    if (!provider) throw new Error(`There is no payment provider "${name}".`);
    return provider;
  }

  return { accept, named, all: providers };
}
