import {
  loadConfig,
  mailConfigShape,
  ConfigError,
  ownUrl,
  privateStoreConfigShape,
  secret,
  subgraphConfigShape,
  url,
} from '@diaspora/kit';
import { z } from 'zod';

export type PaymentsConfig = ReturnType<typeof loadPaymentsConfig>;

/** Pure: the environment is an argument. */
export function loadPaymentsConfig(env: Readonly<Record<string, string | undefined>>) {
  const config = loadConfig(
    {
      ...subgraphConfigShape,
      ...privateStoreConfigShape,
      ...mailConfigShape,
      /** Who sells, as printed on invoices, while nobody has said so by updateInvoiceIssuer. */
      INVOICE_ISSUER_NAME: z.string().trim().min(1).max(200).optional(),
      INVOICE_ISSUER_ADDRESS: z.string().trim().min(1).max(500).optional(),
      INVOICE_ISSUER_TAX_ID: z.string().trim().min(1).max(40).optional(),
      /** Turns on the embedded sandbox provider, whose test cards buy for nothing; signs and checks its webhooks. */
      SANDBOX_WEBHOOK_SECRET: secret().optional(),
      /** Where the sandbox delivers its webhooks; this service's own route unless given. */
      SANDBOX_WEBHOOK_URL: url('http', 'https').optional(),
      /** Turn on Stripe: the secret key of the account, and the signing secret of its webhook to /webhooks/stripe. */
      STRIPE_SECRET_KEY: secret().optional(),
      STRIPE_WEBHOOK_SECRET: secret().optional(),
      /** Another server that speaks Stripe's protocol, for tests. */
      STRIPE_API_URL: url('http', 'https').optional(),
      /** Turn on PayPal: the app's id and secret, and the id of its webhook to /webhooks/paypal. */
      PAYPAL_CLIENT_ID: z.string().optional(),
      PAYPAL_CLIENT_SECRET: secret().optional(),
      PAYPAL_WEBHOOK_ID: z.string().optional(),
      /** PayPal's live server unless given; https://api-m.sandbox.paypal.com is its own sandbox. */
      PAYPAL_API_URL: url('http', 'https').optional(),
    },
    env,
  );
  const faults = [...incomplete(config, stripe), ...incomplete(config, paypal)];
  if (faults.length > 0) throw new ConfigError(faults);
  return {
    ...config,
    SANDBOX_WEBHOOK_URL: config.SANDBOX_WEBHOOK_URL ?? `${ownUrl(config)}/webhooks/sandbox`,
  };
}

const stripe = ['STRIPE_SECRET_KEY', 'STRIPE_WEBHOOK_SECRET'];
const paypal = ['PAYPAL_CLIENT_ID', 'PAYPAL_CLIENT_SECRET', 'PAYPAL_WEBHOOK_ID'];

/** A provider that is half turned on would take money and never hear of it. */
function incomplete(config: Readonly<Record<string, unknown>>, names: readonly string[]): string[] {
  const missing = names.filter((name) => config[name] === undefined);
  if (missing.length === names.length) return [];
  return missing.map((name) => `${name}: is needed with the others of its provider`);
}
