import { splitByLargestRemainder } from '@diaspora/kit';

/** What is booked, and how. Amounts are minor units; in postings debits are above zero and credits below. */

export type AccountType =
  | 'PROVIDER_CLEARING'
  | 'CUSTOMER_ORDERS'
  | 'ORGANIZER_PAYABLE'
  | 'PLATFORM_REVENUE'
  | 'PROVIDER_FEES'
  | 'REFUNDS'
  | 'DISPUTES';

export type Kind =
  | 'SUBSCRIPTION_PAID'
  | 'ORDER_CAPTURED'
  | 'ORDER_SOLD'
  | 'REFUND_OWED'
  | 'REFUND_PAID'
  | 'DISPUTE_HELD'
  | 'DISPUTE_LOST'
  | 'PROVIDER_FEE';

export interface Posting {
  readonly type: AccountType;
  /** The seller or the provider, where an account is theirs. */
  readonly ownerId: string;
  readonly currency: string;
  readonly amountMinor: bigint;
}

/** A transaction to be. `reference` is the payment, refund or dispute; one kind books each of them once. */
export interface Entry {
  readonly kind: Kind;
  readonly reference: string;
  readonly orderId: string | null;
  readonly at: Date;
  readonly postings: readonly Posting[];
}

interface About {
  readonly reference: string;
  readonly orderId: string | null;
  readonly at: Date;
  readonly currency: string;
}

type Side = readonly [type: AccountType, amountMinor: bigint, ownerId?: string];

/** Nothing is posted of what is zero. */
function entry(kind: Kind, { currency, ...about }: About, debits: Side[], credits: Side[]): Entry {
  const posting =
    (sign: bigint) =>
    ([type, amountMinor, ownerId = '']: Side) => ({
      type,
      ownerId,
      currency,
      amountMinor: sign * amountMinor,
    });
  const postings = [...debits.map(posting(1n)), ...credits.map(posting(-1n))];
  return { kind, ...about, postings: postings.filter(({ amountMinor }) => amountMinor !== 0n) };
}

/** How an amount is divided between whoever sold and the platform. */
export interface Shares {
  readonly sellerId: string;
  readonly sellerMinor: bigint;
  readonly platformMinor: bigint;
}

/** Whose money goes back: the buyer's, of an order that was not decided; else that of seller and platform. */
export type Bearer = Shares | 'BUYER' | 'PLATFORM';

const borneBy = (bearer: Bearer, amountMinor: bigint): Side[] => {
  if (bearer === 'BUYER') return [['CUSTOMER_ORDERS', amountMinor]];
  if (bearer === 'PLATFORM') return [['PLATFORM_REVENUE', amountMinor]];
  return [
    ['ORGANIZER_PAYABLE', bearer.sellerMinor, bearer.sellerId],
    ['PLATFORM_REVENUE', bearer.platformMinor],
  ];
};

interface ProviderMoney extends About {
  readonly provider: string;
  readonly amountMinor: bigint;
}

export const entries = {
  subscriptionPaid: ({ provider, amountMinor, ...about }: ProviderMoney): Entry =>
    entry(
      'SUBSCRIPTION_PAID',
      about,
      [['PROVIDER_CLEARING', amountMinor, provider]],
      [['PLATFORM_REVENUE', amountMinor]],
    ),
  orderCaptured: ({ provider, amountMinor, ...about }: ProviderMoney): Entry =>
    entry(
      'ORDER_CAPTURED',
      about,
      [['PROVIDER_CLEARING', amountMinor, provider]],
      [['CUSTOMER_ORDERS', amountMinor]],
    ),
  orderSold: ({ shares, ...about }: About & { readonly shares: Shares }): Entry =>
    entry(
      'ORDER_SOLD',
      about,
      [['CUSTOMER_ORDERS', shares.sellerMinor + shares.platformMinor]],
      borneBy(shares, 0n),
    ),
  refundOwed: ({ amountMinor, bearer, ...about }: About & { amountMinor: bigint; bearer: Bearer }): Entry =>
    entry('REFUND_OWED', about, borneBy(bearer, amountMinor), [['REFUNDS', amountMinor]]),
  refundPaid: ({ provider, amountMinor, ...about }: ProviderMoney): Entry =>
    entry('REFUND_PAID', about, [['REFUNDS', amountMinor]], [['PROVIDER_CLEARING', amountMinor, provider]]),
  disputeHeld: ({ amountMinor, bearer, ...about }: About & { amountMinor: bigint; bearer: Bearer }): Entry =>
    entry('DISPUTE_HELD', about, borneBy(bearer, amountMinor), [['DISPUTES', amountMinor]]),
  disputeLost: ({ provider, amountMinor, ...about }: ProviderMoney): Entry =>
    entry('DISPUTE_LOST', about, [['DISPUTES', amountMinor]], [['PROVIDER_CLEARING', amountMinor, provider]]),
  providerFee: ({ provider, amountMinor, ...about }: ProviderMoney): Entry =>
    entry(
      'PROVIDER_FEE',
      about,
      [['PROVIDER_FEES', amountMinor, provider]],
      [['PROVIDER_CLEARING', amountMinor, provider]],
    ),
};

/**
 * Who bears money that leaves a sale: seller and platform as much as is left to each of them, and beyond that (a bank may
 * take more than is left after refunds) the seller. All that is left leaves nothing.
 */
export function returnedShares(
  left: { readonly sellerId: string | null; readonly sellerMinor: bigint; readonly platformMinor: bigint },
  amountMinor: bigint,
): Shares | 'PLATFORM' {
  const { sellerId } = left;
  if (sellerId === null) return 'PLATFORM';
  const atLeastNothing = (part: bigint) => (part > 0n ? part : 0n);
  const weights = [atLeastNothing(left.sellerMinor), atLeastNothing(left.platformMinor)];
  const most = weights[0]! + weights[1]!;
  const within = amountMinor < most ? amountMinor : most;
  const [sellerMinor = 0n, platformMinor = 0n] = splitByLargestRemainder(within, weights);
  return { sellerId, sellerMinor: sellerMinor + amountMinor - within, platformMinor };
}
