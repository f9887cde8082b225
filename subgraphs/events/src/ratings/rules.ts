import { AppError, dayMs, text, type Viewer } from '@diaspora/kit';
import { z } from 'zod';
import type { Event } from '../__generated__/prisma/client.js';
import { statusOf } from '../catalog/index.js';

/** How long after its end an event can be rated. */
export const ratingWindowMs = 14 * dayMs;

/** Of fewer ratings no mean is told, and no comment: who rated would be known by them. */
export const fewestRatings = 3;

const stars = () => z.number().int().min(1, 'must be 1 to 5').max(5, 'must be 1 to 5');

export const ratingInput = z.object({
  event: stars(),
  participants: stars(),
  exchange: stars(),
  venue: stars(),
  organizer: stars(),
  comment: text({ max: 2_000 }).nullish(),
});

export type RatingRefusal =
  | 'SIGN_IN_REQUIRED'
  | 'EVENT_CANCELLED'
  | 'EVENT_NOT_OVER'
  | 'WINDOW_CLOSED'
  | 'OWN_EVENT'
  | 'NOT_CHECKED_IN';

export const closesAtOf = (event: Pick<Event, 'endsAt'>): Date =>
  new Date(event.endsAt.getTime() + ratingWindowMs);

export interface RatingAttempt {
  readonly viewer: Viewer | null;
  readonly event: Pick<Event, 'status' | 'endsAt' | 'organizerId' | 'coHostIds'>;
  readonly wasCheckedIn: boolean;
  readonly now: Date;
}

/** The gates before a rating, in order: the first that is shut, or null. */
export function refusalOf({ viewer, event, wasCheckedIn, now }: RatingAttempt): RatingRefusal | null {
  if (viewer?.kind !== 'person') return 'SIGN_IN_REQUIRED';
  const status = statusOf(event, now);
  if (status === 'CANCELLED') return 'EVENT_CANCELLED';
  if (status !== 'COMPLETED') return 'EVENT_NOT_OVER';
  if (now >= closesAtOf(event)) return 'WINDOW_CLOSED';
  if (viewer.id === event.organizerId || event.coHostIds.includes(viewer.id)) return 'OWN_EVENT';
  return wasCheckedIn ? null : 'NOT_CHECKED_IN';
}

const messages: Readonly<Record<RatingRefusal, string>> = {
  SIGN_IN_REQUIRED: 'Sign in first.',
  EVENT_CANCELLED: 'The event was called off.',
  EVENT_NOT_OVER: 'The event is not over yet.',
  WINDOW_CLOSED: 'The time to rate this event is over.',
  OWN_EVENT: 'Who organizes an event does not rate it.',
  NOT_CHECKED_IN: 'Who was checked in at the event can rate it.',
};

export const refusalError = (refusal: RatingRefusal): AppError =>
  new AppError('RATING_CLOSED', messages[refusal], {
    path: ['eventId'],
    typename: 'RatingClosedError',
    reason: refusal,
  });
