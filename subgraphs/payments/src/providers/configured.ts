import type { Clock } from '@diaspora/kit';
import { createPaypal } from './paypal/paypal.js';
import type { PaymentProvider } from './provider.js';
import { createStripe } from './stripe/stripe.js';

export interface ProviderSettings {
  readonly STRIPE_SECRET_KEY?: string | undefined;
  readonly STRIPE_WEBHOOK_SECRET?: string | undefined;
  readonly STRIPE_API_URL?: string | undefined;
  readonly PAYPAL_CLIENT_ID?: string | undefined;
  readonly PAYPAL_CLIENT_SECRET?: string | undefined;
  readonly PAYPAL_WEBHOOK_ID?: string | undefined;
  readonly PAYPAL_API_URL?: string | undefined;
}

/** The providers that the settings turn on; each is used whole or not at all. */
export function configuredProviders(settings: ProviderSettings, clock: Clock): PaymentProvider[] {
  const providers: PaymentProvider[] = [];
  const { STRIPE_SECRET_KEY: secretKey, STRIPE_WEBHOOK_SECRET: webhookSecret, STRIPE_API_URL } = settings;
  if (secretKey && webhookSecret)
    providers.push(createStripe({ clock, settings: { secretKey, webhookSecret, apiUrl: STRIPE_API_URL } }));
  const { PAYPAL_CLIENT_ID: clientId, PAYPAL_CLIENT_SECRET: clientSecret } = settings;
  const { PAYPAL_WEBHOOK_ID: webhookId, PAYPAL_API_URL: apiUrl = 'https://api-m.paypal.com' } = settings;
  if (clientId && clientSecret && webhookId)
    providers.push(createPaypal({ clock, settings: { clientId, clientSecret, webhookId, apiUrl } }));
  return providers;
}
