import type { Clock, Page } from '@diaspora/kit';
import type { Registration, RegistrationStatus } from '../__generated__/prisma/client.js';
import type { Db } from '../database.js';
import type { Places } from '../places/index.js';
import { eligibilityOf, type Glance } from './eligibility.js';
import { createInterest } from './interest.js';
import { createOwnRegistrations } from './own-registrations.js';
import type { Queue } from './queue.js';
import { createRegistering } from './registering.js';
import type { Transitions } from './transitions.js';

export type Participation = ReturnType<typeof createParticipation>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly places: Places;
  readonly transitions: Transitions;
  readonly queue: Queue;
}

/** All that people do about coming to events. */
export function createParticipation(dependencies: Dependencies) {
  const { db, clock } = dependencies;
  const eligibility = (glance: Glance) => eligibilityOf(glance, clock.now());

  const listForEvent = (eventId: string, status: RegistrationStatus, page: Page): Promise<Registration[]> =>
    db.registration.findMany({
      where: { AND: [{ eventId, status }, page.where] },
      orderBy: page.orderBy,
      take: page.take,
    });

  const listForUser = (userId: string, page: Page): Promise<Registration[]> =>
    db.registration.findMany({
      where: { AND: [{ userId }, page.where] },
      orderBy: page.orderBy,
      take: page.take,
    });

  return {
    ...createRegistering(dependencies),
    ...createOwnRegistrations(dependencies),
    ...createInterest(dependencies),
    eligibility,
    listForEvent,
    listForUser,
  };
}
