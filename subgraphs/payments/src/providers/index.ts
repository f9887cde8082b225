import { AppError } from '@diaspora/kit';
import type { MethodUse, PaymentMethod, PaymentProvider } from './provider.js';

export { configuredProviders, type ProviderSettings } from './configured.js';
export { guarded, type GuardOptions } from './guard.js';
export { PaymentRefused, ProviderUnavailable, unreadableType, WebhookRefused } from './provider.js';
export type {
  CreatedPayment,
  DisputeNews,
  MethodDetails,
  MethodNews,
  MethodUse,
  MoneyNews,
  News,
  NextAction,
  PaymentMethod,
  PaymentNews,
  PaymentProvider,
  ProviderEvent,
  RefundNews,
  SavedMethod,
} from './provider.js';
export { createPaypal, type PaypalSettings } from './paypal/paypal.js';
export { createSandbox } from './sandbox/sandbox.js';
export { createStripe, type StripeSettings } from './stripe/stripe.js';

export type Providers = ReturnType<typeof createProviders>;

/** The providers by name, and the one that takes a payment method. */
export function createProviders(providers: readonly PaymentProvider[]) {
  /** Throws AppError INVALID_INPUT unless exactly one method is given and some provider takes it for that use. */
  function accept(method: PaymentMethod, use: MethodUse = 'ONCE'): { provider: string; token: string } {
    const given = Object.values(method).filter((member) => member != null);
    if (given.length !== 1) {
      throw new AppError('INVALID_INPUT', 'Give exactly one payment method.', { path: ['paymentMethod'] });
    }
    for (const provider of providers) {
      const token = provider.accept(method, use);
      if (token !== undefined) return { provider: provider.name, token };
    }
    throw new AppError('INVALID_INPUT', 'This payment method is not supported.', { path: ['paymentMethod'] });
  }

  function named(name: string): PaymentProvider {
    const provider = providers.find((each) => each.name === name);
    if (!provider) throw new Error(`There is no payment provider "${name}".`);
    return provider;
  }

  /** Throws AppError INVALID_INPUT for a method of a provider that does not charge in the currency. */
  function assertTakes(name: string, currency: string): void {
    if (named(name).takes(currency)) return;
    throw new AppError('INVALID_INPUT', `This payment method takes no ${currency}. Use another one.`, {
      path: ['paymentMethod'],
    });
  }

  return { accept, named, assertTakes, all: providers };
}
