import type Stripe from 'stripe';
import type { MethodDetails, NextAction } from '../provider.js';

const wallets: Readonly<Record<string, MethodDetails['wallet']>> = {
  apple_pay: 'APPLE_PAY',
  google_pay: 'GOOGLE_PAY',
};

/** Apple Pay and Google Pay are cards to Stripe, in a wallet. */
export function detailsOf({ type, card }: Stripe.PaymentMethod): MethodDetails {
  return {
    kind: 'CARD',
    brand: card?.brand ?? type,
    last4: card?.last4 ?? null,
    expiryMonth: card?.exp_month ?? null,
    expiryYear: card?.exp_year ?? null,
    wallet: wallets[card?.wallet?.type ?? ''] ?? null,
  };
}

/** The payer's bank asks something: Stripe's library in the browser shows it, by this secret. */
export const nextActionOf = (intent: {
  readonly status: string;
  readonly client_secret: string | null;
}): NextAction | null =>
  intent.status === 'requires_action' && intent.client_secret
    ? { kind: 'CONFIRM', clientSecret: intent.client_secret }
    : null;
