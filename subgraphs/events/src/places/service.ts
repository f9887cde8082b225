import { AppError, type Clock, type Outbox } from '@diaspora/kit';
import type { Event, HoldPurpose, PlaceHold } from '../__generated__/prisma/client.js';
import { Prisma, type Transaction } from '../database.js';
import { eventIds, placeHoldIds } from '../ids.js';
import type { EventsMessages } from '../messages.js';

export type Places = ReturnType<typeof createPlaces>;

/** Locks rows of a table in the order of their ids. An argument, so that a test can show what happens without it. */
export type LockRows = (tx: Transaction, table: LockedTable, ids: readonly string[]) => Promise<void>;
type LockedTable = 'events' | 'ticket_types' | 'packets' | 'vouchers' | 'purchases';

export const lockForChange: LockRows = async (tx, table, ids) => {
  await tx.$executeRaw`
    SELECT 1 FROM ${Prisma.raw(table)} WHERE id = ANY(${[...ids]}::uuid[]) ORDER BY id FOR NO KEY UPDATE`;
};

interface Dependencies {
  readonly clock: Clock;
  readonly outbox: Outbox<EventsMessages>;
  readonly lockRows?: LockRows;
}

export interface Claim {
  readonly purpose: HoldPurpose;
  /** The purchase or the entry of the waitlist. */
  readonly claimId: string;
  readonly places: number;
  readonly expiresAt: Date;
}

/** Who takes places: a registration with its guests, or tickets. */
type Taker = 'REGISTRATION' | 'TICKET';

const countOf = { REGISTRATION: Prisma.sql`registered_count`, TICKET: Prisma.sql`ticketed_count` };

type FreedHook = (tx: Transaction, eventId: string) => Promise<void>;

/**
 * The one place where the capacity of events is decided: registered + ticketed + live holds never exceed it. Whoever
 * changes any of them has locked the event by `lockEvents` first. Lock order of this subgraph: events by id, then ticket
 * types by id, then packets by id, then vouchers, then purchases, registrations and entries of the waitlist.
 */
export function createPlaces({ clock, outbox, lockRows = lockForChange }: Dependencies) {
  const hooks: FreedHook[] = [];

  /** Locks events in the order of their ids and answers them as they are now; those that do not exist are missing. */
  async function lockEvents(tx: Transaction, ids: readonly string[]): Promise<Event[]> {
    await lockRows(tx, 'events', ids);
    return tx.event.findMany({ where: { id: { in: [...ids] } }, orderBy: { id: 'asc' } });
  }

  /** Places that live holds of others keep. */
  const heldPlaces = (eventId: string, except: string | null) => Prisma.sql`
    (SELECT coalesce(sum(places), 0)::int FROM place_holds
      WHERE event_id = ${eventId}::uuid AND expires_at > ${clock.now()}
        AND claim_id IS DISTINCT FROM ${except}::uuid)`;

  const hasRoomFor = (eventId: string, places: number, except: string | null) => Prisma.sql`
    (capacity IS NULL OR registered_count + ticketed_count + ${places} + ${heldPlaces(eventId, except)} <= capacity)`;

  /** How many places nobody has or holds; null without a limit. `except`: whose holds do not count. */
  async function freePlaces(
    tx: Transaction,
    eventId: string,
    { except = null }: { except?: string | null } = {},
  ): Promise<number | null> {
    const [row] = await tx.$queryRaw<{ free: number | null }[]>`
      SELECT greatest(capacity - registered_count - ticketed_count - ${heldPlaces(eventId, except)}, 0) AS free
      FROM events WHERE id = ${eventId}::uuid AND capacity IS NOT NULL`;
    return row?.free ?? null;
  }

  /** Throws INVALID_INPUT when more places are taken or held than there are to be. The event is locked. */
  async function assertCapacityFits(tx: Transaction, event: Event, capacity: number): Promise<void> {
    const [row] = await tx.$queryRaw<{ held: number }[]>`SELECT ${heldPlaces(event.id, null)} AS held`;
    const taken = event.registeredCount + event.ticketedCount + (row?.held ?? 0);
    if (capacity >= taken) return;
    throw new AppError('INVALID_INPUT', `${taken} places are taken already.`, { path: ['capacity'] });
  }

  /** Keeps places until the hold expires; null when there are not enough. */
  async function hold(tx: Transaction, eventId: string, claim: Claim): Promise<PlaceHold | null> {
    const { purpose, claimId, places, expiresAt } = claim;
    const id = placeHoldIds.create();
    const made = await tx.$executeRaw`
      INSERT INTO place_holds
        (id, event_id, purpose, claim_id, places, expires_at, created_at)
      SELECT ${id}::uuid, id, ${purpose}::hold_purpose, ${claimId}::uuid, ${places}, ${expiresAt}, ${clock.now()}
      FROM events WHERE id = ${eventId}::uuid AND ${hasRoomFor(eventId, places, null)}`;
    if (made === 0) return null;
    const held = await tx.placeHold.findUniqueOrThrow({ where: { id } });
    const data = { ...publicPart(held), expiresAt: expiresAt.toISOString() };
    await outbox.publish(tx, { type: 'ticketHold.created', key: data.eventId, data });
    return held;
  }

  /**
   * Takes places for good; false when there are not enough. With `instead`, in the place of what that claim holds at the
   * event: a hold that has expired meanwhile is as good as none, and one that has not is always enough.
   */
  async function take(
    tx: Transaction,
    eventId: string,
    { by, places, instead = null }: { by: Taker; places: number; instead?: string | null },
  ): Promise<boolean> {
    const taken = await tx.$executeRaw`
      UPDATE events SET ${countOf[by]} = ${countOf[by]} + ${places}
      WHERE id = ${eventId}::uuid AND ${hasRoomFor(eventId, places, instead)}`;
    if (taken === 0) return false;
    if (instead) await dropHolds(tx, { claimId: instead, eventId });
    return true;
  }

  /** Gives taken places back to whoever comes next. */
  async function giveBack(
    tx: Transaction,
    eventId: string,
    { by, places }: { by: Taker; places: number },
  ): Promise<void> {
    await tx.$executeRaw`
      UPDATE events SET ${countOf[by]} = ${countOf[by]} - ${places} WHERE id = ${eventId}::uuid`;
    await freed(tx, eventId);
  }

  /** Gives up all that is held for a purchase or an entry of the waitlist. Its events are locked. */
  async function release(tx: Transaction, claimId: string): Promise<void> {
    const holds = await dropHolds(tx, { claimId });
    for (const eventId of [...new Set(holds.map((held) => held.eventId))].sort()) await freed(tx, eventId);
  }

  /** Gives up all that is held for a claim in favour of whoever asks: those who wait hear nothing. Its events are locked. */
  const yieldHolds = async (tx: Transaction, claimId: string): Promise<void> =>
    void (await dropHolds(tx, { claimId }));

  /** Keeps what is held for a claim until then. Its events are locked. */
  async function extend(tx: Transaction, claimId: string, expiresAt: Date): Promise<void> {
    await tx.placeHold.updateMany({ where: { claimId }, data: { expiresAt } });
  }

  async function dropHolds(tx: Transaction, where: { claimId: string; eventId?: string }) {
    const holds = await tx.placeHold.findMany({ where, orderBy: { id: 'asc' } });
    await tx.placeHold.deleteMany({ where: { id: { in: holds.map(({ id }) => id) } } });
    for (const held of holds) {
      const data = { ...publicPart(held), releasedAt: clock.now().toISOString() };
      await outbox.publish(tx, { type: 'ticketHold.released', key: data.eventId, data });
    }
    return holds;
  }

  /** Tells those who wait that an event may have places again, in the transaction that freed them. */
  async function freed(tx: Transaction, eventId: string): Promise<void> {
    for (const hook of hooks) await hook(tx, eventId);
  }

  /** Calls `hook` whenever places of an event were freed; the event is locked. */
  const onFreed = (hook: FreedHook): void => void hooks.push(hook);

  return {
    lockRows,
    lockEvents,
    freePlaces,
    assertCapacityFits,
    hold,
    take,
    giveBack,
    release,
    yieldHolds,
    extend,
    freed,
    onFreed,
  };
}

const publicPart = ({ id, eventId, purpose, places }: PlaceHold) => ({
  holdId: placeHoldIds.encode(id),
  eventId: eventIds.encode(eventId),
  purpose,
  places,
});
