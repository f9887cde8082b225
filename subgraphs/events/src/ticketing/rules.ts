import { AppError, line, text, type Viewer } from '@diaspora/kit';
import { z } from 'zod';
import type { Event, EventSeat, TicketType } from '../__generated__/prisma/client.js';
import { statusOf } from '../catalog/index.js';

export const mostTypesOfEvent = 50;
export const mostSeatsOfEvent = 5_000;
/** How many tickets one purchase gives, and so one packet: they are made, and ended, in one transaction. */
export const mostTicketsAtOnce = 500;

/** Ten million of the dearest currency: nothing here costs more. */
const mostMinor = 10n ** 12n;

export const minorAmount = z
  .union([z.bigint(), z.number().int()])
  .transform(BigInt)
  .pipe(z.bigint().min(0n, 'must not be negative').max(mostMinor, 'is too much'));

export const moneyInput = z.object({ amountMinor: minorAmount, currency: z.string() });

const percent = z.number().int().min(0).max(100);

/** What is the same for tickets of one event and for packets: the price, when it is sold, and what is given back. */
const terms = {
  price: moneyInput,
  feeMinor: minorAmount,
  salesStartAt: z.date().nullish(),
  salesEndAt: z.date().nullish(),
  perPersonLimit: z.number().int().min(1).max(1_000).nullish(),
  refundPolicy: z.object({ untilHoursBefore: z.number().int().min(0).max(8_760), percent }).nullish(),
};

export const newTerms = { ...terms, feeMinor: terms.feeMinor.nullish() };
/** Absent keeps, null clears. */
export const changedTerms = { ...terms, price: terms.price.optional(), feeMinor: terms.feeMinor.optional() };

export const newTicketType = z.object({
  ...newTerms,
  name: line({ max: 80 }),
  description: text({ max: 1_000 }).nullish(),
  quota: z.number().int().min(0).max(1_000_000).nullish(),
});
export const ticketTypeChanges = newTicketType.extend(changedTerms).partial({ name: true });

type TermsInput = {
  readonly [Field in keyof typeof changedTerms]?: z.output<(typeof changedTerms)[Field]> | null | undefined;
};

/** The columns of terms that were given. */
export function termColumns({
  price,
  refundPolicy,
  feeMinor,
  salesStartAt,
  salesEndAt,
  perPersonLimit,
}: TermsInput) {
  const given = {
    priceMinor: price?.amountMinor,
    currency: price?.currency,
    feeMinor: feeMinor ?? undefined,
    salesStartAt,
    salesEndAt,
    perPersonLimit,
    ...(refundPolicy !== undefined && {
      refundUntilHours: refundPolicy?.untilHoursBefore ?? null,
      refundPercent: refundPolicy?.percent ?? 0,
    }),
  };
  return Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  ) as Partial<SaleTerms>;
}

export type SaleTerms = Pick<
  TicketType,
  | 'priceMinor'
  | 'feeMinor'
  | 'currency'
  | 'salesStartAt'
  | 'salesEndAt'
  | 'perPersonLimit'
  | 'refundUntilHours'
  | 'refundPercent'
>;

/** Throws INVALID_INPUT for a window that never opens. */
export function assertWindow({ salesStartAt, salesEndAt }: Pick<SaleTerms, 'salesStartAt' | 'salesEndAt'>) {
  if (salesStartAt && salesEndAt && salesEndAt <= salesStartAt)
    throw new AppError('INVALID_INPUT', 'Sales end after they begin.', { path: ['salesEndAt'] });
}

/** Whether the window of sales is open. */
export const isInWindow = (
  { salesStartAt, salesEndAt }: Pick<SaleTerms, 'salesStartAt' | 'salesEndAt'>,
  now: Date,
): boolean => (!salesStartAt || salesStartAt <= now) && (!salesEndAt || now < salesEndAt);

/** Customer service, say: a program that is let see who bought what. */
export const servesTickets = (viewer: Viewer | null): boolean =>
  viewer?.kind === 'service' && viewer.scopes.includes('tickets:read');

export const isSuperUser = (viewer: Viewer | null): boolean => viewer?.roles.includes('SUPER_USER') ?? false;

/** Whether a viewer sees how much of what an organizer sells is sold: with the price beside it, that is what they earn. */
export const seesSales = (viewer: Viewer | null, { organizerId }: Pick<Event, 'organizerId'>): boolean =>
  viewer?.id === organizerId || isSuperUser(viewer) || servesTickets(viewer);

/** Others see that little is left, and not how much has been sold of much. */
export const mostLeftTold = 20;

/** May the viewer sell anything of their own? Event owners may, and those whose plan includes premium events. */
export const isSeller = (viewer: Viewer): boolean =>
  isSuperUser(viewer) ||
  viewer.roles.includes('EVENT_OWNER') ||
  viewer.entitlements.includes('PREMIUM_EVENTS');

/**
 * Who decides over the tickets of an event: super users, and its organizer, who is an event owner, or has a premium event
 * and the plan for it. Offices and co-hosts do not: it is about money.
 */
export function maySell(viewer: Viewer, event: Pick<Event, 'organizerId' | 'type'>): boolean {
  if (isSuperUser(viewer)) return true;
  if (viewer.id !== event.organizerId) return false;
  const isPremium = event.type === 'PREMIUM' && viewer.entitlements.includes('PREMIUM_EVENTS');
  return viewer.roles.includes('EVENT_OWNER') || isPremium;
}

/** Throws CONFLICT for an event that nothing is sold for any more. */
export function assertNotEnded(event: Event, now: Date): void {
  const status = statusOf(event, now);
  if (status === 'CANCELLED' || status === 'COMPLETED')
    throw new AppError(
      'CONFLICT',
      status === 'CANCELLED' ? 'The event was called off.' : 'The event is over.',
      {
        payload: { event },
      },
    );
}

const seatLabel = line({ max: 20 });

export const seatInput = z
  .object({
    capacity: z.number().int().min(1).max(1_000_000).nullish(),
    numberedSeats: z
      .array(z.object({ label: seatLabel, ticketTypeId: z.string().nullish() }))
      .max(mostSeatsOfEvent)
      .nullish(),
  })
  .refine(({ capacity, numberedSeats }) => (capacity == null) !== (numberedSeats == null), {
    message: 'Give either a number of seats or a plan of them.',
    path: ['capacity'],
  })
  .refine(
    ({ numberedSeats }) =>
      new Set(numberedSeats?.map(({ label }) => label)).size === (numberedSeats?.length ?? 0),
    {
      message: 'Two seats have the same label.',
      path: ['numberedSeats'],
    },
  );

/** Whether nobody has a seat now, apart from the purchase that asks. */
export const isSeatFree = (
  seat: Pick<EventSeat, 'claimId' | 'claimedUntil'> & { readonly isSold: boolean },
  now: Date,
  except?: string,
): boolean =>
  !seat.isSold && (seat.claimId === null || seat.claimId === except || (seat.claimedUntil ?? now) <= now);
