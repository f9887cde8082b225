import { currencyExponent } from '@diaspora/kit';
import { PaymentRefused } from '../provider.js';

/** What Stripe charges in (https://docs.stripe.com/currencies#presentment-currencies). */
export const stripeCurrencies: ReadonlySet<string> = new Set(
  (
    'AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BWP BYN BZD CAD CDF CHF CLP CNY ' +
    'COP CRC CVE CZK DJF DKK DOP DZD EGP ETB EUR FJD FKP GBP GEL GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR ISK JMD ' +
    'JOD JPY KES KGS KHR KMF KRW KWD KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MUR MVR MWK MXN MYR MZN NAD ' +
    'NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SEK SGD SHP SLE SOS SRD STD SZL ' +
    'THB TJS TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VND VUV WST XAF XCD XOF XPF YER ZAR ZMW'
  ).split(' '),
);

/**
 * Decimal digits of the number that Stripe is given, where they are not those of ISO 4217, and in which steps it takes
 * amounts (https://docs.stripe.com/currencies#special-cases).
 */
const digitsAtStripe = new Map([
  ['MGA', 0],
  ['ISK', 2],
  ['UGX', 2],
]);
const steps = new Map([
  ['ISK', 100n],
  ['UGX', 100n],
  ...['BHD', 'JOD', 'KWD', 'OMR', 'TND'].map((code) => [code, 10n] as const),
]);

/** How much larger Stripe's number is than ours, as a fraction. */
function scaleOf(currency: string): readonly [bigint, bigint] {
  const more = (digitsAtStripe.get(currency) ?? currencyExponent(currency)) - currencyExponent(currency);
  return more >= 0 ? [10n ** BigInt(more), 1n] : [1n, 10n ** BigInt(-more)];
}

/** Minor units as Stripe counts them. Throws PaymentRefused for an amount or a currency that it does not take. */
export function toStripe(amountMinor: bigint, currency: string): number {
  if (!stripeCurrencies.has(currency)) throw new PaymentRefused(`Stripe takes no ${currency}`);
  const [times, divided] = scaleOf(currency);
  const amount = (amountMinor * times) / divided;
  const isWhole = (amountMinor * times) % divided === 0n && amount % (steps.get(currency) ?? 1n) === 0n;
  if (!isWhole) throw new PaymentRefused(`Stripe takes no such parts of ${currency}`);
  return Number(amount);
}

/** Our minor units. Throws for parts that the currency does not have. */
export function fromStripe(amount: number, code: string): { amountMinor: bigint; currency: string } {
  const currency = code.toUpperCase();
  const [times, divided] = scaleOf(currency);
  const scaled = BigInt(amount) * divided;
  if (scaled % times !== 0n) throw new Error(`${amount} is no amount of ${currency}`);
  return { amountMinor: scaled / times, currency };
}

/** What Stripe kept, to the nearest unit: its fees have parts also where its charges have none. */
export function feeFromStripe(amount: number, code: string): bigint {
  const [times, divided] = scaleOf(code.toUpperCase());
  return (2n * BigInt(amount) * divided + times) / (2n * times);
}
