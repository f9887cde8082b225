import type { Event, Office, Privileges } from '../__generated__/prisma/client.js';

/** What lets a person organize, as far as it was told. */
export interface Standing {
  readonly offices: readonly Office[];
  readonly privileges: Privileges | null;
  /** Whether the platform keeps the person out. */
  readonly isSuspended: boolean;
}

/** Why somebody may not stand behind an event any more. */
export type Lack = 'OFFICE_ENDED' | 'PREMIUM_ENDED' | 'ORGANIZER_SUSPENDED';

type Stood = Pick<Event, 'type' | 'countryCode' | 'cityKey'>;

const isHeld = ({ startsAt, endsAt, endedAt }: Office, now: Date): boolean =>
  (!startsAt || startsAt <= now) && (!endsAt || endsAt > now) && (!endedAt || endedAt > now);

/**
 * What a person who once could stand behind an event has lost of what it takes; null when nothing. What was never told is
 * as it was then.
 */
export function lackOf({ offices, privileges, isSuspended }: Standing, event: Stood, now: Date): Lack | null {
  if (isSuspended) return 'ORGANIZER_SUSPENDED';
  if (event.type === 'FREE' || privileges?.isSuperUser) return null;
  if (event.type === 'PREMIUM') {
    const grounds = [privileges?.isEventOwner ?? null, privileges?.hasPremiumEvents ?? null];
    return grounds.includes(true) || !grounds.includes(false) ? null : 'PREMIUM_ENDED';
  }
  const fitting = offices.filter(({ role, countryCode, cityKey }) =>
    event.type === 'NATIONAL'
      ? role === 'AMBASSADOR' && countryCode === event.countryCode
      : role === 'CONSUL' && countryCode === event.countryCode && cityKey === event.cityKey,
  );
  return fitting.length === 0 || fitting.some((office) => isHeld(office, now)) ? null : 'OFFICE_ENDED';
}
