import { AppError, type Clock, type Page, type Viewer } from '@diaspora/kit';
import type { Event, WaitlistEntry } from '../__generated__/prisma/client.js';
import type { Db, Prisma, Transaction } from '../database.js';
import { waitlistEntryIds } from '../ids.js';
import {
  assertGuests,
  createLooking,
  isWaitlistOpen,
  refusalError,
  refusalOf,
  type Looked,
} from '../participation/index.js';
import type { Places } from '../places/index.js';
import { createSteering } from '../steering.js';
import { isOffered } from './loaders.js';
import type { Offers } from './offers.js';

export type Waitlist = ReturnType<typeof createWaitlist>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly places: Places;
  readonly offers: Offers;
}

export function createWaitlist({ db, clock, places, offers }: Dependencies) {
  const { lockVisible } = createSteering({ clock });
  const lookAt = createLooking({ clock, places });

  /** Waits for places, or answers that the viewer waits already. */
  const join = (viewer: Viewer, eventId: string, guests: number): Promise<WaitlistEntry> =>
    db.$transaction(async (tx) => {
      const event = await lockVisible(tx, viewer, eventId);
      await offers.offerNext(tx, eventId);
      const whose = { eventId, userId: viewer.id };
      const known = await tx.waitlistEntry.findUnique({ where: { eventId_userId: whose } });
      if (known?.status === 'WAITING' || known?.status === 'OFFERED') return known;
      assertMayWait(await lookAt(tx, viewer, event, 1 + guests), event, guests);
      const fresh = { status: 'WAITING' as const, places: 1 + guests, joinedAt: clock.now() };
      return tx.waitlistEntry.upsert({
        where: { eventId_userId: whose },
        create: { id: waitlistEntryIds.create(), ...whose, ...fresh },
        update: { ...fresh, offeredAt: null, offerExpiresAt: null },
      });
    });

  /** Whether the viewer could wait for places that are not to be had, for as many of them as one person may bring. */
  async function mayJoin(tx: Transaction, viewer: Viewer, event: Event, wanted: number): Promise<boolean> {
    const looked = await lookAt(tx, viewer, event, wanted);
    const places = Math.min(wanted, 1 + looked.settings.maxGuests, event.capacity ?? wanted);
    try {
      assertMayWait({ ...looked, places }, event, places - 1);
      return true;
    } catch (error) {
      if (error instanceof AppError) return false;
      throw error;
    }
  }

  /** Waits no more. What was offered goes to the next. */
  const leave = (viewer: Viewer, eventId: string): Promise<WaitlistEntry> =>
    db.$transaction(async (tx) => {
      await lockVisible(tx, viewer, eventId);
      const where = { eventId_userId: { eventId, userId: viewer.id } };
      const known = await tx.waitlistEntry.findUnique({ where });
      if (!known) throw new AppError('NOT_FOUND', 'You do not wait for this event.', { path: ['eventId'] });
      if (known.status !== 'WAITING' && known.status !== 'OFFERED') return known;
      const left = await tx.waitlistEntry.update({ where, data: { status: 'LEFT' } });
      await places.release(tx, known.id);
      return left;
    });

  const listOf = (eventId: string, page: Page): Promise<WaitlistEntry[]> =>
    db.waitlistEntry.findMany({
      where: { AND: [{ eventId, ...waits(clock.now()) }, page.where] },
      orderBy: page.orderBy,
      take: page.take,
    });

  /** An offer whose time is over is none, whether or not anybody noted it. */
  const statusOf = (entry: WaitlistEntry): WaitlistEntry['status'] =>
    entry.status === 'OFFERED' && !isOffered(entry, clock.now()) ? 'LAPSED' : entry.status;

  return { join, mayJoin, leave, listOf, statusOf };
}

const waits = (now: Date): Prisma.WaitlistEntryWhereInput => ({
  OR: [{ status: 'WAITING' }, { status: 'OFFERED', offerExpiresAt: { gt: now } }],
});

/** Waits only who could register if there were places, and as long as there are none. */
function assertMayWait(looked: Looked, event: Event, guests: number): void {
  const { settings } = looked;
  const apartFromPlaces = refusalOf({ ...looked, needsTicket: false, free: null });
  if (apartFromPlaces) throw refusalError(apartFromPlaces, event, settings);
  const common = { path: ['eventId'], payload: { event } };
  if (!isWaitlistOpen(settings))
    throw new AppError('REGISTRATION_CLOSED', 'The event has no waitlist.', common);
  assertGuests(guests, settings.maxGuests);
  if (event.capacity !== null && looked.places > event.capacity)
    throw new AppError('INVALID_INPUT', 'The event is never that large.', { path: ['guests'] });
  if (looked.free === null || looked.free >= looked.places)
    throw new AppError('CONFLICT', 'There are free places: no need to wait.', common);
}
