import { AppError, type Clock, type Viewer } from '@diaspora/kit';
import type { Event, Registration } from '../__generated__/prisma/client.js';
import { usedOf } from '../check-in/index.js';
import type { Db, Transaction } from '../database.js';
import type { Places } from '../places/index.js';
import { keepAnswers, settingsOf, type GivenAnswer } from '../registration-form/index.js';
import type { Queue } from './queue.js';
import { assertGuests, refusalError } from './rules.js';
import type { Transitions } from './transitions.js';

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly places: Places;
  readonly transitions: Transitions;
  readonly queue: Pick<Queue, 'offerNext' | 'passOnAfter'>;
}

/** What people do with registrations of theirs. */
export function createOwnRegistrations({ db, clock, places, transitions, queue }: Dependencies) {
  /** Locks the event of a registration of the viewer's, then answers the registration as it is. */
  async function lockOwn(tx: Transaction, viewer: Viewer, id: string) {
    const missing = new AppError('NOT_FOUND', 'There is no such registration.', { path: ['registrationId'] });
    const known = await tx.registration.findFirst({ where: { id, userId: viewer.id } });
    if (!known) throw missing;
    const [event] = await places.lockEvents(tx, [known.eventId]);
    const registration = await tx.registration.findFirst({ where: { id } });
    if (!event || !registration) throw missing;
    return { event, registration };
  }

  /** Gives a place back. */
  const cancel = (viewer: Viewer, id: string): Promise<Registration> =>
    db.$transaction(async (tx) => {
      const { event, registration } = await lockOwn(tx, viewer, id);
      if (registration.status === 'CANCELLED') return registration;
      assertOpen(event, registration);
      if (registration.status === 'DECLINED')
        throw new AppError('CONFLICT', 'The organizers declined it.', { payload: { registration } });
      if (registration.status === 'CONFIRMED' && registration.places === 0)
        throw new AppError('CONFLICT', 'You come with a ticket: give that back.', {
          payload: { registration },
        });
      await assertUnused(tx, registration);
      return transitions.end(tx, registration, 'CANCELLED');
    });

  async function assertUnused(tx: Transaction, registration: Registration): Promise<void> {
    if ((await usedOf(tx, 'REGISTRATION', [registration.id])).size > 0)
      throw new AppError('CONFLICT', 'You were let in: your place is used.', { payload: { registration } });
  }

  const change = (
    viewer: Viewer,
    id: string,
    { guests, answers }: { guests?: number | null; answers?: readonly GivenAnswer[] | null },
  ): Promise<Registration> => {
    const asked: string[] = [];
    return db
      .$transaction(async (tx) => {
        const { event, registration } = await lockOwn(tx, viewer, id);
        asked.push(event.id);
        assertOpen(event, registration);
        if (registration.status !== 'CONFIRMED' && registration.status !== 'PENDING')
          throw new AppError('CONFLICT', 'You are not registered.', { payload: { registration } });
        if (answers) await keepAnswers(tx, registration, answers);
        if (guests == null || guests === registration.guests) return registration;
        const settings = await settingsOf(tx, event.id);
        if (guests > registration.guests || guests < 0) assertGuests(guests, settings.maxGuests);
        const isByTicket = registration.status === 'CONFIRMED' && registration.places === 0;
        if (isByTicket)
          throw new AppError('CONFLICT', 'Guests have tickets of their own.', { path: ['guests'] });
        // More places are for those who wait first.
        if (registration.places > 0 && guests > registration.guests) await queue.offerNext(tx, event.id);
        if (guests < registration.guests) await assertUnused(tx, registration);
        const resized = await transitions.resize(tx, registration, guests);
        if (!resized) throw refusalError('SOLD_OUT', event, settings);
        return resized;
      })
      .catch((error: unknown) => queue.passOnAfter(error, asked));
  };

  function assertOpen(event: Event, registration: Registration): void {
    if (event.endsAt <= clock.now())
      throw new AppError('CONFLICT', 'The event is over.', { payload: { registration } });
  }

  return { cancel, change };
}
