import {
  AppError,
  idempotencyKey as keySchema,
  idempotent,
  parseInput,
  type Clock,
  type Outbox,
  type Viewer,
} from '@diaspora/kit';
import type { Event } from '../__generated__/prisma/client.js';
import { maySteer, searchTextOf, statusOf, visibleTo } from '../catalog/index.js';
import type { Db, Transaction } from '../database.js';
import { eventIds } from '../ids.js';
import type { EventsMessages } from '../messages.js';
import { eventSnapshot } from './announcements.js';
import { applyChanges } from './changes.js';
import {
  assertMayOrganize,
  assertPlaceFits,
  eventChanges,
  eventsPerDay,
  newEvent,
  placeColumns,
  readSchedule,
} from './rules.js';

export type Organizing = ReturnType<typeof createOrganizing>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly outbox: Outbox<EventsMessages>;
}

const dayMs = 86_400_000;

export function createOrganizing({ db, clock, outbox }: Dependencies) {
  async function create(
    viewer: Viewer,
    { idempotencyKey, ...input }: { idempotencyKey: string },
  ): Promise<Event> {
    const { place, startsAt, endsAt, timeZone, ...details } = parseInput(newEvent, input);
    const columns = { ...details, ...placeColumns(place), tags: details.tags ?? [] };
    assertMayOrganize(viewer, columns);
    assertPlaceFits(columns);
    const call = {
      actor: viewer.id,
      operation: 'createEvent',
      key: parseInput(keySchema(), idempotencyKey),
      request: input,
    };
    const { eventId } = await db.$transaction((tx) =>
      idempotent(tx, call, async () => {
        const now = clock.now();
        const schedule = readSchedule({ startsAt, endsAt, timeZone }, now);
        await assertWithinRate(tx, viewer, columns, now);
        const { id } = await tx.event.create({
          data: {
            id: eventIds.create(),
            organizerId: viewer.id,
            createdAt: now,
            updatedAt: now,
            ...columns,
            ...schedule,
            searchText: searchTextOf(columns),
          },
        });
        return { eventId: id };
      }),
    );
    return db.event.findUniqueOrThrow({ where: { id: eventId } });
  }

  async function assertWithinRate(tx: Transaction, viewer: Viewer, { type }: Pick<Event, 'type'>, now: Date) {
    if (type !== 'FREE' || viewer.roles.includes('SUPER_USER')) return;
    // One creation of a person at a time, or two of them would both count nineteen.
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${viewer.id}, 0))`;
    const since = new Date(now.getTime() - dayMs);
    const created = await tx.event.count({ where: { organizerId: viewer.id, createdAt: { gt: since } } });
    if (created >= eventsPerDay) throw new AppError('RATE_LIMITED', `At most ${eventsPerDay} events a day.`);
  }

  /** Locks an event for its organizer. What the viewer may not see does not exist for them. */
  async function lock(tx: Transaction, viewer: Viewer, id: string): Promise<Event> {
    await tx.$executeRaw`SELECT 1 FROM events WHERE id = ${id}::uuid FOR NO KEY UPDATE`;
    const event = await tx.event.findFirst({ where: { AND: [{ id }, visibleTo(viewer)] } });
    if (!event) throw new AppError('NOT_FOUND', 'There is no such event.', { path: ['eventId'] });
    if (!maySteer(viewer, event)) throw new AppError('FORBIDDEN', 'Only its organizer may change an event.');
    return event;
  }

  const write = (tx: Transaction, event: Event, data: Partial<Event>, now: Date): Promise<Event> =>
    tx.event.update({
      where: { id: event.id },
      data: { ...data, version: event.version + 1, updatedAt: now },
    });

  const update = (
    viewer: Viewer,
    id: string,
    { expectedVersion, ...input }: { expectedVersion: number },
  ): Promise<Event> => {
    const changes = parseInput(eventChanges, input);
    return db.$transaction(async (tx) => {
      const now = clock.now();
      const event = await lock(tx, viewer, id);
      if (event.version !== expectedVersion) throw stale(event);
      assertOpen(event, now);
      const data = applyChanges(event, changes, now);
      if (changes.place) assertMayOrganize(viewer, { ...event, ...data });
      const changed = await write(tx, event, data, now);
      if (changed.status === 'PUBLISHED') await outbox.publish(tx, eventSnapshot('event.changed', changed));
      return changed;
    });
  };

  const publish = (viewer: Viewer, id: string): Promise<Event> =>
    db.$transaction(async (tx) => {
      const now = clock.now();
      const event = await lock(tx, viewer, id);
      if (event.status === 'PUBLISHED') return event;
      assertOpen(event, now);
      assertMayOrganize(viewer, event);
      if (event.startsAt <= now)
        throw new AppError('INVALID_INPUT', 'The start has passed. Move the event first.');
      const published = await write(tx, event, { status: 'PUBLISHED', publishedAt: now }, now);
      await outbox.publish(tx, eventSnapshot('event.published', published));
      return published;
    });

  const cancel = (viewer: Viewer, id: string): Promise<Event> =>
    db.$transaction(async (tx) => {
      const now = clock.now();
      const event = await lock(tx, viewer, id);
      if (event.status === 'CANCELLED') return event;
      assertOpen(event, now);
      const cancelled = await write(tx, event, { status: 'CANCELLED', cancelledAt: now }, now);
      const data = {
        eventId: eventIds.encode(id),
        version: cancelled.version,
        cancelledAt: now.toISOString(),
      };
      // Nobody else knows of a draft.
      if (event.publishedAt) await outbox.publish(tx, { type: 'event.cancelled', key: data.eventId, data });
      return cancelled;
    });

  return { create, update, publish, cancel };
}

const stale = (event: Event) =>
  new AppError('CONFLICT', 'The event has changed meanwhile.', {
    path: ['expectedVersion'],
    payload: { event },
  });

function assertOpen(event: Event, now: Date): void {
  const status = statusOf(event, now);
  if (status === 'CANCELLED')
    throw new AppError('CONFLICT', 'The event was called off.', { payload: { event } });
  if (status === 'COMPLETED') throw new AppError('CONFLICT', 'The event is over.', { payload: { event } });
}
