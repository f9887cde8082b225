import { currencyExponent } from '@diaspora/kit';
import { z } from 'zod';
import { PaymentRefused } from '../provider.js';

export const paypalMoney = z.object({
  currency_code: z.string().regex(/^[A-Z]{3}$/),
  value: z.string().regex(/^\d{1,15}(\.\d{1,4})?$/),
});

/** What PayPal charges in (https://developer.paypal.com/reference/currency-codes). */
export const paypalCurrencies: ReadonlySet<string> = new Set(
  'AUD BRL CAD CHF CNY CZK DKK EUR GBP HKD HUF ILS JPY MXN MYR NOK NZD PHP PLN SEK SGD THB TWD USD'.split(
    ' ',
  ),
);

/** Currencies that PayPal takes without decimals, whatever ISO 4217 says. */
const whole = new Set(['HUF', 'JPY', 'TWD']);

/** Decimal text as PayPal writes amounts. Throws PaymentRefused for an amount or a currency that it does not take. */
export function toPaypal(amountMinor: bigint, currency: string): z.output<typeof paypalMoney> {
  if (!paypalCurrencies.has(currency)) throw new PaymentRefused(`PayPal takes no ${currency}`);
  const digits = currencyExponent(currency);
  const text = amountMinor.toString().padStart(digits + 1, '0');
  const units = text.slice(0, text.length - digits);
  const decimals = text.slice(text.length - digits);
  if (!whole.has(currency) || digits === 0)
    return { currency_code: currency, value: digits === 0 ? units : `${units}.${decimals}` };
  if (/[1-9]/.test(decimals)) throw new PaymentRefused(`PayPal takes no parts of ${currency}`);
  return { currency_code: currency, value: units };
}

/** Throws for decimals that the currency does not have. */
export function fromPaypal({ currency_code: currency, value }: z.output<typeof paypalMoney>) {
  const digits = currencyExponent(currency);
  const [units = '0', decimals = ''] = value.split('.');
  const surplus = decimals.slice(digits);
  if (/[1-9]/.test(surplus)) throw new Error(`${value} is no amount of ${currency}`);
  return { amountMinor: BigInt(units + decimals.slice(0, digits).padEnd(digits, '0')), currency };
}
