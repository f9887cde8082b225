/** Money as the domain holds it: integer minor units and an ISO 4217 code. */
export interface Money {
  readonly amountMinor: bigint;
  readonly currency: string;
}

/** Currencies of ISO 4217 whose minor unit is not a hundredth, by its decimal digits (list one of 2026). */
const exponents = new Map(
  (
    [
      [0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'],
      [3, 'BHD IQD JOD KWD LYD OMR TND'],
      [4, 'CLF UYW'],
    ] as const
  ).flatMap(([digits, codes]) => codes.split(' ').map((code) => [code, digits] as const)),
);

/**
 * Decimal digits of a currency's minor unit by ISO 4217: EUR 2, JPY 0, KWD 3. Not those that the runtime knows: CLDR says
 * how prices are usually written, and leaves out the hundredths of currencies whose inflation did (RSD, ALL, LBP).
 */
export const currencyExponent = (currency: string): number => exponents.get(currency) ?? 2;

/** Writes money for people without passing through floating point. */
export function formatMoney(money: Money, locale = 'en'): string {
  const digits = currencyExponent(money.currency);
  const sign = money.amountMinor < 0n ? '-' : '';
  const minor = (money.amountMinor < 0n ? -money.amountMinor : money.amountMinor)
    .toString()
    .padStart(digits + 1, '0');
  const whole = minor.slice(0, minor.length - digits);
  const decimal = digits === 0 ? `${sign}${whole}` : `${sign}${whole}.${minor.slice(-digits)}`;
  const written = { style: 'currency', currency: money.currency, minimumFractionDigits: digits } as const;
  return new Intl.NumberFormat(locale, { ...written, maximumFractionDigits: digits }).format(
    decimal as `${number}`,
  );
}

export const moneyResolvers = {
  Money: {
    formatted: (money: Money, args: { locale?: string | null }) => formatMoney(money, args.locale ?? 'en'),
  },
};
