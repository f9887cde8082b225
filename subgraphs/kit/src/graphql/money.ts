/** Money as the domain holds it: integer minor units and an ISO 4217 code. */
export interface Money {
  readonly amountMinor: bigint;
  readonly currency: string;
}

/** Decimal digits of a currency's minor unit by ISO 4217, as the runtime's CLDR data has them: EUR 2, JPY 0, KWD 3. */
export function currencyExponent(currency: string): number {
  return (
    new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2
  );
}

/** Writes money for people without passing through floating point. */
export function formatMoney(money: Money, locale = 'en'): string {
  const digits = currencyExponent(money.currency);
  const sign = money.amountMinor < 0n ? '-' : '';
  const minor = (money.amountMinor < 0n ? -money.amountMinor : money.amountMinor)
    .toString()
    .padStart(digits + 1, '0');
  const whole = minor.slice(0, minor.length - digits);
  const decimal = digits === 0 ? `${sign}${whole}` : `${sign}${whole}.${minor.slice(-digits)}`;
  return new Intl.NumberFormat(locale, { style: 'currency', currency: money.currency }).format(
    decimal as `${number}`,
  );
}

export const moneyResolvers = {
  Money: {
    formatted: (money: Money, args: { locale?: string | null }) => formatMoney(money, args.locale ?? 'en'),
  },
};
