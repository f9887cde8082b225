import type { Event } from '../__generated__/prisma/client.js';

/** Why an event may be liked; the strongest first. */
export const reasons = [
  ...([
    'FOLLOWED_HOST',
    'KNOWN_ORGANIZER',
    'IN_YOUR_CITY',
    'YOUR_FIELD',
    'IN_YOUR_COUNTRY',
    'POPULAR',
  ] as const),
];

export type Reason = (typeof reasons)[number];

export interface RecommendedEvent extends Event {
  /** Place of its reason among the reasons. */
  readonly rank: number;
}

/** What is known of a person's liking. */
export interface Liking {
  readonly followedIds: readonly string[];
  readonly knownOrganizerIds: readonly string[];
  readonly domains: readonly string[];
  readonly countryCode: string | null;
  readonly cityKey: string;
}
