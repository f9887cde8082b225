import {
  AppError,
  idempotencyKey as keySchema,
  idempotent,
  parseInput,
  type Clock,
  type Outbox,
  type Page,
  type Viewer,
} from '@diaspora/kit';
import type { Event, Registration } from '../__generated__/prisma/client.js';
import { visibleTo } from '../catalog/index.js';
import type { Db, Transaction } from '../database.js';
import { eventIds, registrationIds, userIds } from '../ids.js';
import type { EventsMessages } from '../messages.js';
import { refusalError, refusalOf } from './rules.js';

export type Participation = ReturnType<typeof createParticipation>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly outbox: Outbox<EventsMessages>;
}

export function createParticipation({ db, clock, outbox }: Dependencies) {
  /** Takes a place, or answers the one the viewer holds. With a key, a late repetition never takes a second one. */
  async function register(
    viewer: Viewer,
    eventId: string,
    idempotencyKey: string | null,
  ): Promise<Registration> {
    const actor = viewer.id;
    if (idempotencyKey === null) return findRegistration(await attempt(db, viewer, eventId));
    const call = {
      actor,
      operation: 'registerForEvent',
      key: parseInput(keySchema(), idempotencyKey),
      request: { eventId },
    };
    const stored = await db.$transaction((tx) =>
      idempotent(tx, call, async () => ({ registrationId: await attempt(tx, viewer, eventId) })),
    );
    return findRegistration(stored.registrationId);
  }

  const findRegistration = (id: string) => db.registration.findUniqueOrThrow({ where: { id } });

  /** Refuses early, without a lock, what cannot succeed; whether a place is free is decided by `takePlace`. */
  async function attempt(client: Db | Transaction, viewer: Viewer, eventId: string): Promise<string> {
    const event = await client.event.findFirst({ where: { AND: [{ id: eventId }, visibleTo(viewer)] } });
    if (!event) throw new AppError('NOT_FOUND', 'There is no such event.', { path: ['eventId'] });
    const registration = await findOwn(client, viewer.id, eventId);
    if (registration?.status === 'CONFIRMED') return registration.id;
    const refusal = refusalOf({ viewer, event, registration, now: clock.now() });
    if (refusal) throw refusalError(refusal, event);
    return '$transaction' in client
      ? client.$transaction((tx) => takePlace(tx, viewer.id, eventId))
      : takePlace(client, viewer.id, eventId);
  }

  const findOwn = (client: Transaction, userId: string, eventId: string) =>
    client.registration.findUnique({ where: { eventId_userId: { eventId, userId } } });

  /** Lock order: registration, then event. Two calls of one person meet at the unique index of (event, person). */
  async function takePlace(tx: Transaction, userId: string, eventId: string): Promise<string> {
    const now = clock.now();
    const [taken] = await tx.$queryRaw<{ id: string }[]>`
      INSERT INTO registrations (id, event_id, user_id, status, confirmed_at)
      VALUES (${registrationIds.create()}::uuid, ${eventId}::uuid, ${userId}::uuid, 'CONFIRMED', ${now})
      ON CONFLICT (event_id, user_id) DO UPDATE
        SET status = 'CONFIRMED', confirmed_at = EXCLUDED.confirmed_at, cancelled_at = NULL
        WHERE registrations.status = 'CANCELLED'
      RETURNING id`;
    if (!taken) return (await findOwn(tx, userId, eventId))!.id;
    // The one place where capacity is decided: the row is locked, and its newest version is what the condition sees.
    const counted = await tx.$executeRaw`
      UPDATE events SET registered_count = registered_count + 1
      WHERE id = ${eventId}::uuid AND status = 'PUBLISHED' AND ends_at > ${now}
        AND (capacity IS NULL OR registered_count < capacity)`;
    if (counted === 0) throw await refusalNow(tx, eventId, now);
    const data = { ...publicIds(taken.id, eventId, userId), confirmedAt: now.toISOString() };
    await outbox.publish(tx, { type: 'registration.confirmed', key: data.eventId, data });
    return taken.id;
  }

  async function refusalNow(tx: Transaction, eventId: string, now: Date): Promise<AppError> {
    const event = await tx.event.findUniqueOrThrow({ where: { id: eventId } });
    const isClosed = event.status !== 'PUBLISHED' || event.endsAt <= now;
    const reason = event.status === 'CANCELLED' ? 'EVENT_CANCELLED' : 'EVENT_OVER';
    return refusalError(isClosed ? reason : 'SOLD_OUT', event);
  }

  /** Gives a place back. */
  const cancel = (viewer: Viewer, id: string): Promise<Registration> =>
    db.$transaction(async (tx) => {
      const now = clock.now();
      await tx.$executeRaw`SELECT 1 FROM registrations WHERE id = ${id}::uuid FOR NO KEY UPDATE`;
      const held = await tx.registration.findFirst({
        where: { id, userId: viewer.id },
        include: { event: true },
      });
      if (!held)
        throw new AppError('NOT_FOUND', 'There is no such registration.', { path: ['registrationId'] });
      const { event, ...registration } = held;
      if (registration.status === 'CANCELLED') return registration;
      if (event.endsAt <= now)
        throw new AppError('CONFLICT', 'The event is over.', { payload: { registration } });
      await tx.$executeRaw`UPDATE events SET registered_count = registered_count - 1 WHERE id = ${event.id}::uuid`;
      const data = { ...publicIds(id, event.id, viewer.id), cancelledAt: now.toISOString() };
      await outbox.publish(tx, { type: 'registration.cancelled', key: data.eventId, data });
      return tx.registration.update({ where: { id }, data: { status: 'CANCELLED', cancelledAt: now } });
    });

  const eligibility = (event: Event, registration: Registration | null, viewer: Viewer | null) => {
    const reasonCode = refusalOf({ viewer, event, registration, now: clock.now() });
    return { isAllowed: reasonCode === null, reasonCode };
  };

  const listForEvent = (eventId: string, page: Page): Promise<Registration[]> =>
    db.registration.findMany({
      where: { AND: [{ eventId, status: 'CONFIRMED' }, page.where] },
      orderBy: page.orderBy,
      take: page.take,
    });

  const listForUser = (userId: string, page: Page): Promise<Registration[]> =>
    db.registration.findMany({
      where: { AND: [{ userId }, page.where] },
      orderBy: page.orderBy,
      take: page.take,
    });

  return { register, cancel, eligibility, listForEvent, listForUser };
}

const publicIds = (id: string, eventId: string, userId: string) => ({
  registrationId: registrationIds.encode(id),
  eventId: eventIds.encode(eventId),
  userId: userIds.encode(userId),
});
