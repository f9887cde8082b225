import { splitByLargestRemainder } from '@diaspora/kit';
import type { Voucher } from '../__generated__/prisma/client.js';
import { discountOf, isGoodFor } from '../vouchers/index.js';

/** Something that is bought, as it costs now. */
export interface Priced {
  readonly eventId: string | null;
  readonly packetId: string | null;
  readonly quantity: number;
  readonly unitPriceMinor: bigint;
  readonly unitFeeMinor: bigint;
}

type Discount = Pick<Voucher, 'percent' | 'amountMinor' | 'eventId' | 'packetId'>;

const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((one, other) => one + other, 0n);

const priceOf = ({ unitPriceMinor, quantity }: Priced): bigint => unitPriceMinor * BigInt(quantity);

/** The discount of each line and what all of it costs. A discount is split by what the lines cost; fees know none. */
export function price(lines: readonly Priced[], voucher: Discount | null) {
  const prices = lines.map(priceOf);
  const fees = lines.map(({ unitFeeMinor, quantity }) => unitFeeMinor * BigInt(quantity));
  const seen = lines.map((line, index) => ({ ...line, priceMinor: prices[index]! }));
  const discount = voucher ? discountOf(voucher, seen) : 0n;
  const weights = seen.map((line) => (voucher && isGoodFor(voucher, line) ? line.priceMinor : 0n));
  const discounts = discount === 0n ? prices.map(() => 0n) : splitByLargestRemainder(discount, weights);
  return { discounts, totalMinor: sum(prices) - discount + sum(fees) };
}

/** What each of the tickets of a line costs: the whole of the line, its discount and its fees in parts as equal as can be. */
export function splitOverTickets(
  line: { quantity: number; unitPriceMinor: bigint; unitFeeMinor: bigint; discountMinor: bigint },
  tickets: number,
): { priceMinor: bigint; feeMinor: bigint }[] {
  const equal = Array.from({ length: tickets }, () => 1n);
  const quantity = BigInt(line.quantity);
  const prices = splitByLargestRemainder(line.unitPriceMinor * quantity - line.discountMinor, equal);
  const fees = splitByLargestRemainder(line.unitFeeMinor * quantity, equal);
  return prices.map((priceMinor, index) => ({ priceMinor, feeMinor: fees[index]! }));
}
