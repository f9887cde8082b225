import type { EventInvitation, WaitlistEntry } from '../__generated__/prisma/client.js';
import { isStanding } from '../invitations/index.js';
import { freeFor, offerExpiryOf, refusalOf, stepAfter, type Attempt } from './rules.js';

/** What the viewer is shown before they try. */
export type Glance = Omit<Attempt, 'now' | 'places' | 'isInvited'> & {
  readonly invitation: EventInvitation | null;
  readonly entry: WaitlistEntry | null;
  /** How many places the most modest of those who wait and may come wants; null where nobody does. */
  readonly queue: { readonly fewest: number | null } | null;
};

/** Whether the viewer would be registered, what is in the way, and what they can do. */
export function eligibilityOf({ entry, queue: waiting, invitation, ...looked }: Glance, now: Date) {
  const hasOffer = entry?.status === 'OFFERED' && entry.offerExpiresAt !== null && entry.offerExpiresAt > now;
  const places = 1;
  const isQueueServed = offerExpiryOf(looked.event, looked.settings, now) !== null;
  const fewest = isQueueServed ? (waiting?.fewest ?? null) : null;
  const free = freeFor(looked.free, { entry: hasOffer ? entry : null, fewest });
  const isInvited = invitation !== null && isStanding(invitation, now);
  const attempt = { ...looked, isInvited, free, places, now };
  const reasonCode = refusalOf(attempt);
  const nextStep = stepAfter(reasonCode, { ...attempt, hasOffer, isWaiting: entry?.status === 'WAITING' });
  return { isAllowed: reasonCode === null, reasonCode, nextStep };
}
