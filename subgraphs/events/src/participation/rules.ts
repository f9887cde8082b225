import { AppError, type Viewer } from '@diaspora/kit';
import type { Event, Registration } from '../__generated__/prisma/client.js';
import { statusOf } from '../catalog/index.js';

export type RegistrationRefusal =
  'SIGN_IN_REQUIRED' | 'NOT_PUBLISHED' | 'EVENT_CANCELLED' | 'EVENT_OVER' | 'ALREADY_REGISTERED' | 'SOLD_OUT';

export interface Attempt {
  readonly viewer: Viewer | null;
  readonly event: Pick<Event, 'status' | 'endsAt' | 'capacity' | 'registeredCount'>;
  readonly registration: Pick<Registration, 'status'> | null;
  readonly now: Date;
}

/** The gates before a registration, in order: the first that is shut, or null. The viewer sees the event. */
export function refusalOf({ viewer, event, registration, now }: Attempt): RegistrationRefusal | null {
  const status = statusOf(event, now);
  if (!viewer) return 'SIGN_IN_REQUIRED';
  if (status === 'DRAFT') return 'NOT_PUBLISHED';
  if (status === 'CANCELLED') return 'EVENT_CANCELLED';
  if (status === 'COMPLETED') return 'EVENT_OVER';
  if (registration?.status === 'CONFIRMED') return 'ALREADY_REGISTERED';
  if (event.capacity !== null && event.registeredCount >= event.capacity) return 'SOLD_OUT';
  return null;
}

const closedMessages: Partial<Record<RegistrationRefusal, string>> = {
  NOT_PUBLISHED: 'The event is not published yet.',
  EVENT_CANCELLED: 'The event was called off.',
  EVENT_OVER: 'The event is over.',
};

/** The error a refused registration answers; it carries the event as it is now. */
export function refusalError(refusal: RegistrationRefusal, event: Event): AppError {
  const common = { path: ['eventId'], payload: { event } };
  const closed = closedMessages[refusal];
  if (closed) return new AppError('REGISTRATION_CLOSED', closed, common);
  const soldOut = { ...common, typename: 'SoldOutError', isWaitlistOpen: false };
  return new AppError('SOLD_OUT', 'All places are taken.', soldOut);
}
