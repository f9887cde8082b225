import { AppError, type Clock, type Viewer } from '@diaspora/kit';
import type { Event } from '../__generated__/prisma/client.js';
import type { Db, Transaction } from '../database.js';
import { createSteering } from '../steering.js';
import { mostInterests } from './rules.js';
import type { Transitions } from './transitions.js';

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly transitions: Transitions;
}

/** Who may come, without a place. */
export function createInterest({ db, clock, transitions }: Dependencies) {
  const { lockVisible } = createSteering({ clock });

  /** Notes that the viewer may come, or that they will not. Nobody who holds a place or asked for one does so. */
  const setInterest = (viewer: Viewer, eventId: string, isInterested: boolean): Promise<Event> =>
    db.$transaction(async (tx) => {
      const event = await lockVisible(tx, viewer, eventId);
      const whose = { eventId, userId: viewer.id };
      const known = await tx.registration.findUnique({ where: { eventId_userId: whose } });
      const isNoted = known?.status === 'INTERESTED';
      if (isNoted === isInterested) return event;
      if (isNoted) await transitions.end(tx, known, 'CANCELLED');
      else if (event.status !== 'PUBLISHED' || event.endsAt <= clock.now())
        throw new AppError('REGISTRATION_CLOSED', 'The event is not to come.', { path: ['eventId'] });
      else if (known && known.status !== 'CANCELLED')
        throw new AppError('CONFLICT', 'You have registered.', { path: ['eventId'] });
      else {
        await assertRoomForInterest(tx, viewer.id);
        await transitions.note(tx, whose);
      }
      return event;
    });

  /** Interest costs nothing and is written into each of a person's calendars. */
  async function assertRoomForInterest(tx: Transaction, userId: string): Promise<void> {
    // One at a time of a person, or two of them would both count the last but one.
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`interest:${userId}`}, 0))`;
    const toCome = { status: 'PUBLISHED' as const, endsAt: { gt: clock.now() } };
    const noted = await tx.registration.count({ where: { userId, status: 'INTERESTED', event: toCome } });
    if (noted >= mostInterests)
      throw new AppError('CONFLICT', `You may come to ${mostInterests} events already.`, {
        path: ['eventId'],
      });
  }

  return { setInterest };
}
