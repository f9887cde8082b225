import { offersOfEvents } from './of-events.js';
import { offersOfPayments } from './of-payments.js';
import { offersOfPeople } from './of-people.js';
import type { Offer } from './offers.js';

/** All that partners can be told of. Whatever is not in it is in `not-offered.ts`, with a reason. */
export const catalogue: readonly Offer[] = [...offersOfEvents, ...offersOfPayments, ...offersOfPeople].sort(
  (one, other) => (one.type < other.type ? -1 : 1),
);

const byType = new Map(catalogue.map((offer) => [offer.type, offer]));

export const offerOf = (type: string): Offer | undefined => byType.get(type);
