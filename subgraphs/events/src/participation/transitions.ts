import type { Clock, Outbox } from '@diaspora/kit';
import type { Registration } from '../__generated__/prisma/client.js';
import type { Transaction } from '../database.js';
import { eventIds, registrationIds, userIds } from '../ids.js';
import type { EventsMessages } from '../messages.js';
import type { Places } from '../places/index.js';

export type Transitions = ReturnType<typeof createTransitions>;

interface Dependencies {
  readonly clock: Clock;
  readonly outbox: Outbox<EventsMessages>;
  readonly places: Places;
}

interface Whose {
  readonly eventId: string;
  readonly userId: string;
}

/**
 * What becomes of a registration: the one place that writes its status, the places it takes and what others are told.
 * The event is locked.
 */
export function createTransitions({ clock, outbox, places }: Dependencies) {
  const write = (
    tx: Transaction,
    { eventId, userId }: Whose,
    data: Pick<Registration, 'status'> & Partial<Registration>,
  ): Promise<Registration> => {
    const { codeVersion, ...rest } = { cancelledAt: null, ...data };
    return tx.registration.upsert({
      where: { eventId_userId: { eventId, userId } },
      create: { id: registrationIds.create(), eventId, userId, ...rest },
      update: { ...rest, ...(codeVersion !== undefined && { codeVersion: { increment: 1 } }) },
    });
  };

  /**
   * Gives a person a place, and each guest one; null when there are not as many. `instead`: whose hold becomes the
   * place. With a ticket it takes none.
   */
  async function confirm(
    tx: Transaction,
    whose: Whose,
    by: { readonly guests: number; readonly instead?: string | null } | 'TICKET',
  ): Promise<Registration | null> {
    const guests = by === 'TICKET' ? 0 : by.guests;
    const wanted = by === 'TICKET' ? 0 : 1 + guests;
    if (by !== 'TICKET') {
      const { instead = null } = by;
      const isTaken = await places.take(tx, whose.eventId, { by: 'REGISTRATION', places: wanted, instead });
      if (!isTaken) return null;
    }
    const confirmedAt = clock.now();
    const confirmed = { status: 'CONFIRMED' as const, guests, places: wanted, confirmedAt, codeVersion: 1 };
    const registration = await write(tx, whose, confirmed);
    const data = { ...publicIds(registration), confirmedAt: confirmedAt.toISOString() };
    await outbox.publish(tx, { type: 'registration.confirmed', key: data.eventId, data });
    return registration;
  }

  /** Notes that a person asks for a place. */
  async function request(tx: Transaction, whose: Whose, guests: number): Promise<Registration> {
    const registration = await write(tx, whose, { status: 'PENDING', guests, places: 0 });
    const { organizerId, coHostIds } = await tx.event.findUniqueOrThrow({ where: { id: whose.eventId } });
    const data = {
      ...publicIds(registration),
      deciderIds: [organizerId, ...coHostIds].map((id) => userIds.encode(id)),
      requestedAt: clock.now().toISOString(),
    };
    await outbox.publish(tx, { type: 'registration.requested', key: data.eventId, data });
    return registration;
  }

  const note = (tx: Transaction, whose: Whose): Promise<Registration> =>
    write(tx, whose, { status: 'INTERESTED', guests: 0, places: 0 });

  /** Ends a registration, or a request for one. What it took is free, and what it answered is gone. */
  async function end(
    tx: Transaction,
    registration: Registration,
    status: 'CANCELLED' | 'DECLINED',
  ): Promise<Registration> {
    const now = clock.now();
    const cancelledAt = status === 'CANCELLED' ? now : null;
    await tx.registrationAnswer.deleteMany({ where: { registrationId: registration.id } });
    const ended = await write(tx, registration, { status, cancelledAt, places: 0 });
    if (registration.status === 'CONFIRMED') {
      const told = { ...publicIds(registration), cancelledAt: now.toISOString() };
      await outbox.publish(tx, { type: 'registration.cancelled', key: told.eventId, data: told });
    }
    const { eventId, places: taken } = registration;
    if (taken > 0) await places.giveBack(tx, eventId, { by: 'REGISTRATION', places: taken });
    return ended;
  }

  /** Changes how many guests come along; null when there are not as many free places. */
  async function resize(
    tx: Transaction,
    registration: Registration,
    guests: number,
  ): Promise<Registration | null> {
    const { id, eventId, places: taken } = registration;
    const more = guests - registration.guests;
    if (taken === 0 || more === 0) return tx.registration.update({ where: { id }, data: { guests } });
    if (more > 0 && !(await places.take(tx, eventId, { by: 'REGISTRATION', places: more }))) return null;
    const resized = await tx.registration.update({ where: { id }, data: { guests, places: taken + more } });
    if (more < 0) await places.giveBack(tx, eventId, { by: 'REGISTRATION', places: -more });
    return resized;
  }

  return { confirm, request, note, end, resize };
}

const publicIds = ({ id, eventId, userId }: Registration) => ({
  registrationId: registrationIds.encode(id),
  eventId: eventIds.encode(eventId),
  userId: userIds.encode(userId),
});
