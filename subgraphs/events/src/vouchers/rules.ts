import { AppError } from '@diaspora/kit';
import { z } from 'zod';
import type { Voucher } from '../__generated__/prisma/client.js';
import { minorAmount } from '../ticketing/index.js';

/** Letters, digits and dashes, in whatever case. */
export const voucherCode = z
  .string()
  .trim()
  .toUpperCase()
  .regex(/^[A-Z0-9][A-Z0-9-]{2,31}$/, 'has 3 to 32 letters, digits and dashes');

const limits = {
  maxUses: z.number().int().min(1).max(1_000_000).nullish(),
  perPersonLimit: z.number().int().min(1).max(1_000).nullish(),
  startsAt: z.date().nullish(),
  endsAt: z.date().nullish(),
};

export const newVoucher = z
  .object({
    ...limits,
    code: voucherCode,
    percent: z.number().int().min(1).max(100).nullish(),
    amount: z
      .object({
        amountMinor: minorAmount.pipe(z.bigint().min(1n, 'must be something')),
        currency: z.string(),
      })
      .nullish(),
    eventId: z.string().nullish(),
    packetId: z.string().nullish(),
  })
  .refine(({ percent, amount }) => (percent == null) !== (amount == null), {
    message: 'Give either a percentage or an amount.',
    path: ['percent'],
  })
  .refine(({ eventId, packetId }) => eventId == null || packetId == null, {
    message: 'A voucher is good for an event, for a packet or for all.',
    path: ['packetId'],
  });

export const voucherChanges = z.object(limits);

/** A line of a purchase as a voucher sees it. */
export interface DiscountedLine {
  readonly eventId: string | null;
  readonly packetId: string | null;
  /** Price of all of it. */
  readonly priceMinor: bigint;
}

type Discount = Pick<Voucher, 'percent' | 'amountMinor' | 'eventId' | 'packetId'>;

/** Whether it makes a line cheaper. */
export const isGoodFor = ({ eventId, packetId }: Discount, line: DiscountedLine): boolean =>
  (eventId === null || eventId === line.eventId) && (packetId === null || packetId === line.packetId);

/** What a voucher takes off all the lines together: never more than the lines it is good for cost. Rounded down. */
export function discountOf(voucher: Discount, lines: readonly DiscountedLine[]): bigint {
  const price = lines
    .filter((line) => isGoodFor(voucher, line))
    .reduce((sum, { priceMinor }) => sum + priceMinor, 0n);
  if (voucher.percent !== null) return (price * BigInt(voucher.percent)) / 100n;
  const amount = voucher.amountMinor ?? 0n;
  return amount < price ? amount : price;
}

/** Throws unless it can be used now by somebody who has used it so often. The same for what is unknown and what is over. */
export function assertUsable(
  voucher: Voucher,
  { now, currency, uses, usesOfPerson }: { now: Date; currency: string; uses: number; usesOfPerson: number },
): void {
  const { startsAt, endsAt, maxUses, perPersonLimit } = voucher;
  if ((startsAt && now < startsAt) || (endsAt && endsAt <= now)) throw noVoucher();
  if (voucher.currency !== null && voucher.currency !== currency) throw noVoucher();
  if (maxUses !== null && uses >= maxUses) throw refused('It has been used as often as it may be.');
  if (perPersonLimit !== null && usesOfPerson >= perPersonLimit)
    throw refused('You have used it as often as you may.');
}

const refused = (message: string) => new AppError('VOUCHER_REFUSED', message, { path: ['voucherCode'] });

export const noVoucher = () => refused('There is no such voucher for this now.');
