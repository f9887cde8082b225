import { addJob, AppError, type Clock, type Outbox } from '@diaspora/kit';
import type { Event, WaitlistEntry } from '../__generated__/prisma/client.js';
import { Prisma, type Db, type Transaction } from '../database.js';
import { eventIds, userIds, waitlistEntryIds } from '../ids.js';
import { passOnOffers } from '../jobs.js';
import type { EventsMessages } from '../messages.js';
import { offerExpiryOf } from '../participation/index.js';
import type { Places } from '../places/index.js';
import { settingsOf, type Settings } from '../registration-form/index.js';
import { lockEvent } from '../steering.js';
import { isSuspended } from '../suspensions.js';

export type Offers = ReturnType<typeof createOffers>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly outbox: Outbox<EventsMessages>;
  readonly places: Places;
}

/** How many offers one transaction makes; a job goes on with the others. */
const mostAtOnce = 50;

/**
 * Offers free places to those who wait. An offer is a hold that its entry owns: while it lives nobody else gets these
 * places, and from the moment it expires they are free for whoever looks. Nothing here has to happen in time for that.
 */
export function createOffers({ db, clock, outbox, places }: Dependencies) {
  /** Makes as many offers as there are places for. The event is locked. */
  async function offerNext(tx: Transaction, eventId: string): Promise<void> {
    await lapse(tx, eventId);
    const event = await tx.event.findUniqueOrThrow({ where: { id: eventId } });
    const settings = await settingsOf(tx, eventId);
    const now = clock.now();
    const expiresAt = offerExpiryOf(event, settings, now);
    // Nobody could take what is offered while the organizer is kept out.
    if (!expiresAt || (await isSuspended(tx, event.organizerId, now))) return;
    for (let made = 0; made < mostAtOnce; made++) {
      const free = await places.freePlaces(tx, eventId);
      const entry = free === 0 ? null : await choose(tx, event, settings, free);
      if (!entry) return;
      await offer(tx, entry, expiresAt);
    }
    await addJob(tx, passOnOffers, { eventId });
  }

  /** Offers whose time is over end. */
  async function lapse(tx: Transaction, eventId: string): Promise<void> {
    const lapsed = await tx.waitlistEntry.updateManyAndReturn({
      where: { eventId, status: 'OFFERED', offerExpiresAt: { lte: clock.now() } },
      data: { status: 'LAPSED' },
    });
    for (const { id } of lapsed) await places.release(tx, id);
  }

  /** Who is next of those for whom the free places suffice. Whom the organizer has blocked meanwhile is passed over. */
  async function choose(tx: Transaction, event: Event, { waitlist }: Settings, free: number | null) {
    const order = waitlist === 'LOTTERY' ? Prisma.sql`random()` : Prisma.sql`w.joined_at, w.id`;
    const [row] = await tx.$queryRaw<{ id: string }[]>`
      SELECT w.id FROM waitlist_entries w
      WHERE w.event_id = ${event.id}::uuid AND w.status = 'WAITING' AND (${free}::int IS NULL OR w.places <= ${free})
        AND NOT EXISTS (SELECT 1 FROM blocks b
          WHERE b.blocker_id = ${event.organizerId}::uuid AND b.blocked_id = w.user_id AND b.is_active)
      ORDER BY ${order} LIMIT 1`;
    return row ? tx.waitlistEntry.findUniqueOrThrow({ where: { id: row.id } }) : null;
  }

  async function offer(tx: Transaction, entry: WaitlistEntry, expiresAt: Date): Promise<void> {
    const { id, eventId, places: wanted } = entry;
    const held = await places.hold(tx, eventId, { purpose: 'OFFER', claimId: id, places: wanted, expiresAt });
    if (!held) throw new Error('places that were free under the lock of their event cannot be held');
    const offeredAt = clock.now();
    const data = { status: 'OFFERED' as const, offeredAt, offerExpiresAt: expiresAt };
    await tx.waitlistEntry.update({ where: { id }, data });
    await addJob(tx, passOnOffers, { eventId }, { runAt: expiresAt });
    const told = {
      entryId: waitlistEntryIds.encode(id),
      eventId: eventIds.encode(eventId),
      userId: userIds.encode(entry.userId),
      places: wanted,
      offeredAt: offeredAt.toISOString(),
      expiresAt: expiresAt.toISOString(),
    };
    await outbox.publish(tx, { type: 'waitlist.offered', key: told.eventId, data: told });
  }

  /** In a transaction of its own: the job behind offers that expire, and for places that were found free. */
  const passOn = (eventId: string): Promise<void> =>
    db.$transaction(async (tx) => {
      await lockEvent(tx, eventId);
      if ((await tx.event.count({ where: { id: eventId } })) > 0) await offerNext(tx, eventId);
    });

  /** An organizer is kept out no more: what is free is offered, event by event. */
  async function goOn(tx: Transaction, organizerId: string): Promise<void> {
    const waitlistEntries = { some: { status: 'WAITING' as const } };
    const where = { organizerId, status: 'PUBLISHED' as const, endsAt: { gt: clock.now() }, waitlistEntries };
    const events = await tx.event.findMany({ where, select: { id: true } });
    for (const { id } of events) await addJob(tx, passOnOffers, { eventId: id });
  }

  /** Whoever was refused may have found places that others wait for: their offers, which the refusal undid, are made after all. */
  async function passOnAfter(error: unknown, events: readonly string[]): Promise<never> {
    const isSoldOut = error instanceof AppError && error.code === 'SOLD_OUT';
    const where = { eventId: { in: [...events] }, status: 'WAITING' as const };
    const waited = isSoldOut ? await db.waitlistEntry.findMany({ where, distinct: 'eventId' }) : [];
    for (const { eventId } of waited) await passOn(eventId);
    throw error;
  }

  /**
   * Before a person takes places by other means: those who wait come first, and what is offered to the person is free
   * for it. The event is locked, and `settle` follows.
   */
  async function claim(tx: Transaction, { eventId, userId }: { eventId: string; userId: string }) {
    if ((await tx.waitlistEntry.count({ where: { eventId, status: 'WAITING' } })) > 0)
      await offerNext(tx, eventId);
    const offered = { status: 'OFFERED' as const, offerExpiresAt: { gt: clock.now() } };
    const own = await tx.waitlistEntry.findFirst({ where: { eventId, userId, ...offered } });
    if (own) await places.yieldHolds(tx, own.id);
  }

  /** The places of an offer were taken. The event is locked. */
  async function settle(tx: Transaction, { eventId, userId }: { eventId: string; userId: string }) {
    const where = { eventId, userId, status: { in: ['WAITING' as const, 'OFFERED' as const] } };
    const [entry] = await tx.waitlistEntry.updateManyAndReturn({ where, data: { status: 'TAKEN' } });
    if (!entry) return;
    // An offer that had run out without anybody noting it still has its hold.
    await places.yieldHolds(tx, entry.id);
    // Who came with fewer guests than they had waited for left some of the places.
    await offerNext(tx, eventId);
  }

  return { offerNext, passOn, goOn, passOnAfter, claim, settle };
}
