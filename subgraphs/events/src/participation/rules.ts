import { AppError, minuteMs, type Viewer } from '@diaspora/kit';
import type { Event, Registration } from '../__generated__/prisma/client.js';
import { statusOf } from '../catalog/index.js';
import type { Settings } from '../registration-form/index.js';

/** Customer service, say: a program that is let see who is registered. */
export const servesRegistrations = (viewer: Viewer | null): boolean =>
  viewer?.kind === 'service' && viewer.scopes.includes('registrations:read');

/** In how many events to come one person may be interested at once. */
export const mostInterests = 200;

export type RegistrationRefusal =
  | 'SIGN_IN_REQUIRED'
  | 'NOT_PUBLISHED'
  | 'EVENT_CANCELLED'
  | 'EVENT_OVER'
  | 'ALREADY_REGISTERED'
  | 'ON_HOLD'
  | 'ENTITLEMENT_REQUIRED'
  | 'NOT_ADMITTED'
  | 'TICKET_REQUIRED'
  | 'SOLD_OUT'
  | 'NOT_OPEN_YET'
  | 'CLOSED'
  | 'APPROVAL_PENDING'
  | 'APPROVAL_DECLINED';

export type RegistrationStep =
  | 'SIGN_IN'
  | 'UPGRADE_PLAN'
  | 'BUY_TICKET'
  | 'JOIN_WAITLIST'
  | 'ACCEPT_OFFER'
  | 'REQUEST_APPROVAL'
  | 'REGISTER'
  | 'WAIT';

export interface Attempt {
  readonly viewer: Viewer | null;
  readonly event: Pick<Event, 'status' | 'endsAt'>;
  readonly registration: Pick<Registration, 'status'> | null;
  readonly settings: Settings;
  /** Whether the platform keeps the organizer out. */
  readonly isOnHold: boolean;
  /** Whether the organizer has blocked the viewer. */
  readonly isBlocked: boolean;
  /** Whether a standing invitation names the viewer: nobody has to approve then. */
  readonly isInvited: boolean;
  /** Whether the event is attended by ticket. */
  readonly needsTicket: boolean;
  /** Places the viewer could have, a place that is offered to them included; null without a limit. */
  readonly free: number | null;
  /** Places the viewer wants. */
  readonly places: number;
  readonly now: Date;
}

/** The gates before a registration, in order: the first that is shut, or null. The viewer sees the event. */
export function refusalOf(attempt: Attempt): RegistrationRefusal | null {
  const { viewer, event, registration, settings, isBlocked, needsTicket, free, places, now } = attempt;
  const status = statusOf(event, now);
  if (viewer?.kind !== 'person') return 'SIGN_IN_REQUIRED';
  if (status === 'DRAFT') return 'NOT_PUBLISHED';
  if (status === 'CANCELLED') return 'EVENT_CANCELLED';
  if (status === 'COMPLETED') return 'EVENT_OVER';
  if (registration?.status === 'CONFIRMED') return 'ALREADY_REGISTERED';
  if (attempt.isOnHold) return 'ON_HOLD';
  const { requiredEntitlement, opensAt, closesAt } = settings;
  if (requiredEntitlement && !viewer.entitlements.includes(requiredEntitlement))
    return 'ENTITLEMENT_REQUIRED';
  if (isBlocked) return 'NOT_ADMITTED';
  if (needsTicket) return 'TICKET_REQUIRED';
  if (free !== null && free < places) return 'SOLD_OUT';
  if (opensAt && now < opensAt) return 'NOT_OPEN_YET';
  if (closesAt && now >= closesAt) return 'CLOSED';
  if (attempt.isInvited) return null;
  // Asked for while an organizer had to approve: as long as that is so.
  if (registration?.status === 'PENDING' && settings.requiresApproval) return 'APPROVAL_PENDING';
  if (registration?.status === 'DECLINED') return 'APPROVAL_DECLINED';
  return null;
}

/**
 * What keeps a person from coming by ticket: the gates but for what is bought, ticket and places. Whoever takes part has
 * passed the organizers, and buys for others too; nobody can ask them for approval before buying, so that where they
 * approve, they invite.
 */
export function ticketRefusalOf(attempt: Attempt): RegistrationRefusal | null {
  const takesPart = attempt.registration?.status === 'CONFIRMED';
  const registration = takesPart ? null : attempt.registration;
  const refusal = refusalOf({ ...attempt, registration, needsTicket: false, free: null });
  return refusal ?? (needsApproval(attempt) && !takesPart ? 'NOT_ADMITTED' : null);
}

/** Whether an organizer has to approve first. */
export const needsApproval = ({ settings, isInvited }: Pick<Attempt, 'settings' | 'isInvited'>): boolean =>
  settings.requiresApproval && !isInvited;

/** Whether one can wait for a place. Where organizers approve, they choose. */
export const isWaitlistOpen = ({ waitlist, requiresApproval }: Settings): boolean =>
  waitlist !== 'NONE' && !requiresApproval;

/** What of the free places somebody could have: what is offered to them, and nothing that is for others who wait. */
export function freeFor(
  free: number | null,
  { entry, fewest }: { entry: { readonly places: number } | null; fewest: number | null },
): number | null {
  if (free === null) return null;
  if (entry) return free + entry.places;
  return fewest !== null && fewest <= free ? 0 : free;
}

/** Until when an offer made now holds; null when none can be made any more. */
export function offerExpiryOf(
  { status, endsAt }: Pick<Event, 'status' | 'endsAt'>,
  settings: Settings,
  now: Date,
): Date | null {
  if (status !== 'PUBLISHED' || !isWaitlistOpen(settings)) return null;
  const { offerMinutes, closesAt } = settings;
  const ends = [now.getTime() + offerMinutes * minuteMs, endsAt.getTime(), closesAt?.getTime() ?? Infinity];
  const end = Math.min(...ends);
  return end > now.getTime() ? new Date(end) : null;
}

/** What the viewer has on the waitlist. */
interface Waiting {
  readonly isWaiting: boolean;
  readonly hasOffer: boolean;
}

export function stepAfter(
  refusal: RegistrationRefusal | null,
  attempt: Attempt & Waiting,
): RegistrationStep | null {
  const { settings } = attempt;
  if (refusal === null) {
    if (attempt.hasOffer) return 'ACCEPT_OFFER';
    return needsApproval(attempt) ? 'REQUEST_APPROVAL' : 'REGISTER';
  }
  if (refusal === 'TICKET_REQUIRED') {
    const inTheWay = ticketRefusalOf(attempt);
    if (inTheWay) return steps[inTheWay] ?? null;
  }
  const isSoldOut = attempt.free !== null && attempt.free < attempt.places;
  if (refusal !== 'SOLD_OUT' && !(refusal === 'TICKET_REQUIRED' && isSoldOut)) return steps[refusal] ?? null;
  if (attempt.isWaiting) return 'WAIT';
  return isWaitlistOpen(settings) ? 'JOIN_WAITLIST' : null;
}

const steps: Partial<Record<RegistrationRefusal, RegistrationStep>> = {
  SIGN_IN_REQUIRED: 'SIGN_IN',
  ENTITLEMENT_REQUIRED: 'UPGRADE_PLAN',
  TICKET_REQUIRED: 'BUY_TICKET',
  NOT_OPEN_YET: 'WAIT',
  APPROVAL_PENDING: 'WAIT',
};

const closedMessages: Partial<Record<RegistrationRefusal, string>> = {
  NOT_PUBLISHED: 'The event is not published yet.',
  EVENT_CANCELLED: 'The event was called off.',
  EVENT_OVER: 'The event is over.',
  ON_HOLD: 'The event takes nobody for now.',
  NOT_ADMITTED: 'You cannot register for this event.',
  NOT_OPEN_YET: 'Registration has not begun.',
  CLOSED: 'Registration is over.',
  APPROVAL_PENDING: 'The organizers have not decided about your registration yet.',
  APPROVAL_DECLINED: 'The organizers did not approve your registration.',
};

/** The error a refused registration answers; it carries the event as it is now. */
export function refusalError(refusal: RegistrationRefusal, event: Event, settings: Settings): AppError {
  const common = { path: ['eventId'], payload: { event } };
  const closed = closedMessages[refusal];
  if (closed) return new AppError('REGISTRATION_CLOSED', closed, common);
  if (refusal === 'SIGN_IN_REQUIRED') return new AppError('FORBIDDEN', 'Only people register.', common);
  if (refusal === 'ALREADY_REGISTERED') return new AppError('CONFLICT', 'You hold a place already.', common);
  if (refusal === 'TICKET_REQUIRED')
    return new AppError('TICKET_REQUIRED', 'This event is attended by ticket.', common);
  if (refusal === 'ENTITLEMENT_REQUIRED')
    return new AppError('ENTITLEMENT_REQUIRED', 'Your plan does not include this event.', common);
  const soldOut = { ...common, typename: 'SoldOutError', isWaitlistOpen: isWaitlistOpen(settings) };
  return new AppError('SOLD_OUT', 'There are not as many free places.', soldOut);
}

export function assertGuests(guests: number, most: number): void {
  if (guests >= 0 && guests <= most) return;
  const message = most === 0 ? 'The event is without guests.' : `One person brings at most ${most} guests.`;
  throw new AppError('INVALID_INPUT', message, { path: ['guests'] });
}
