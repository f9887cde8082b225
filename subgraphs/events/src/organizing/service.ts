import {
  AppError,
  dayMs,
  idempotencyKey as keySchema,
  idempotent,
  parseInput,
  type Clock,
  type Viewer,
} from '@diaspora/kit';
import type { Event } from '../__generated__/prisma/client.js';
import { searchTextOf } from '../catalog/index.js';
import type { Db, Transaction } from '../database.js';
import { eventIds } from '../ids.js';
import { createSteering } from '../steering.js';
import { readProgram } from './agenda.js';
import { applyChanges, ownFieldsOf } from './changes.js';
import {
  assertMayOrganize,
  assertPlaceFits,
  assertTranslates,
  eventChanges,
  eventsPerDay,
  newEvent,
  placeColumns,
  readSchedule,
} from './rules.js';
import { createDeleting } from './deleting.js';
import { assertOpen, type Steps } from './steps.js';

export type Organizing = ReturnType<typeof createOrganizing>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly steps: Steps;
}

export function createOrganizing({ db, clock, steps }: Dependencies) {
  const { lockOwned, lockSteered } = createSteering({ clock });

  async function create(
    viewer: Viewer,
    { idempotencyKey, ...input }: { idempotencyKey: string },
  ): Promise<Event> {
    const { place, startsAt, endsAt, timeZone, program, ...details } = parseInput(newEvent, input);
    const columns = {
      ...details,
      ...placeColumns(place),
      tags: details.tags ?? [],
      translations: details.translations ?? [],
      galleryIds: details.galleryIds ?? [],
    };
    assertMayOrganize(viewer, columns);
    assertPlaceFits(columns);
    assertTranslates(columns);
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
            program: readProgram(program ?? [], schedule),
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
    const recent = { organizerId: viewer.id, createdAt: { gt: since } };
    // A series counts as one event, however many it is made of.
    const created =
      (await tx.event.count({ where: { ...recent, seriesId: null } })) +
      (await tx.eventSeries.count({ where: recent }));
    if (created >= eventsPerDay) throw new AppError('RATE_LIMITED', `At most ${eventsPerDay} events a day.`);
  }

  const update = (
    viewer: Viewer,
    id: string,
    { expectedVersion, ...input }: { expectedVersion: number },
  ): Promise<Event> => {
    const changes = parseInput(eventChanges, input);
    return db.$transaction(async (tx) => {
      const now = clock.now();
      const event = await lockSteered(tx, viewer, id);
      if (event.version !== expectedVersion) throw stale(event);
      assertOpen(event, now);
      const data = applyChanges(event, changes, now);
      if (changes.place) assertMayOrganize(viewer, { ...event, ...data });
      const ownFields = event.seriesId ? { ownFields: ownFieldsOf(event, data) } : {};
      return steps.change(tx, viewer, event, { ...data, ...ownFields });
    });
  };

  const publish = (viewer: Viewer, id: string): Promise<Event> =>
    db.$transaction(async (tx) => {
      const now = clock.now();
      const event = await lockSteered(tx, viewer, id);
      if (event.status === 'PUBLISHED') return event;
      assertOpen(event, now);
      assertMayOrganize(viewer, event);
      if (event.startsAt <= now)
        throw new AppError('INVALID_INPUT', 'The start has passed. Move the event first.');
      return steps.announce(tx, viewer, event);
    });

  const cancel = (viewer: Viewer, id: string): Promise<Event> =>
    db.$transaction(async (tx) => {
      const now = clock.now();
      const event = await lockOwned(tx, viewer, id);
      if (event.status === 'CANCELLED') return event;
      assertOpen(event, now);
      return steps.callOff(tx, viewer, event);
    });

  return { create, update, publish, cancel, ...createDeleting({ db, clock, steps }) };
}

const stale = (event: Event) =>
  new AppError('CONFLICT', 'The event has changed meanwhile.', {
    path: ['expectedVersion'],
    payload: { event },
  });
