import type Stripe from 'stripe';
import type { ProviderFee } from '../provider.js';
import { feeFromStripe } from './money.js';

/**
 * What Stripe kept of a payment. Its events do not say: it is in the entry of Stripe's own books about the charge, in the
 * currency of the account.
 */
export async function feeOf(
  stripe: Stripe,
  { providerPaymentId, currency }: { readonly providerPaymentId: string; readonly currency: string },
): Promise<ProviderFee> {
  const expand = ['latest_charge.balance_transaction'];
  const { latest_charge: charge } = await stripe.paymentIntents.retrieve(providerPaymentId, { expand });
  const booked = typeof charge === 'object' ? charge?.balance_transaction : null;
  if (!booked || typeof booked === 'string') return { status: 'NOT_YET' };
  if (booked.currency.toUpperCase() !== currency) return { status: 'OTHER_CURRENCY' };
  return { status: 'KNOWN', feeMinor: feeFromStripe(booked.fee, booked.currency) };
}
