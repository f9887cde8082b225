import { AppError, dayMs, parseInput, type Clock, type Page, type Viewer } from '@diaspora/kit';
import { z } from 'zod';
import type { Event, EventSeries } from '../__generated__/prisma/client.js';
import { announcedTo, isOwnedBy } from '../catalog/index.js';
import type { Db, Transaction } from '../database.js';
import { seriesIds } from '../ids.js';
import {
  applyChanges,
  assertMayOrganize,
  assertOpen,
  eventChanges,
  type Steps,
} from '../organizing/index.js';
import { createSteering, lockSeriesOf } from '../steering.js';
import { createChanging } from './changing.js';
import type { Materialising } from './materialising.js';
import { dayAfter, lastDayOf, midnightOf, mostMadeADay, parseRule, type SeriesScope } from './rules.js';
import { allParts, type SeriesPart, type Setup } from './setup.js';
import { readTemplate, templateOf, timingOf } from './template.js';

export type Series = ReturnType<typeof createSeries>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly steps: Steps;
  readonly materialising: Materialising;
  readonly setup: Setup;
}

interface Pointed {
  readonly series: EventSeries;
  readonly event: Event;
}

const ruleText = z.string().min(1).max(300);

/** Events that repeat: what is true of several of them at once. One alone is changed and called off as any other event. */
export function createSeries({ db, clock, steps, materialising, setup }: Dependencies) {
  const { lockOwned } = createSteering({ clock });
  const changing = createChanging({ clock, steps, materialising, setup });

  /** Makes an event the first of a series. */
  const repeat = (
    viewer: Viewer,
    eventId: string,
    input: { expectedVersion: number; rule: string },
  ): Promise<Event> => {
    const parsed = parseRule(parseInput(ruleText, input.rule));
    return db.$transaction(async (tx) => {
      const now = clock.now();
      const event = await lockOwned(tx, viewer, eventId);
      if (event.version !== input.expectedVersion) throw stale({ event });
      assertOpen(event, now);
      assertMayOrganize(viewer, event);
      if (event.seriesId)
        throw new AppError('CONFLICT', 'The event is of a series already.', { payload: { event } });
      if (event.startsAt <= now)
        throw new AppError('INVALID_INPUT', 'The event has begun.', { path: ['eventId'] });
      const firstOn = midnightOf(event.startsAtLocal);
      const lastOn = lastDayOf(parsed, firstOn);
      const series = await tx.eventSeries.create({
        data: {
          ...{ id: seriesIds.create(), organizerId: event.organizerId, rule: parsed.rule },
          ...{ anchorOn: firstOn, firstOn, lastOn, ...timingOf(event), template: templateOf(event) },
          ...{ isPublished: event.status === 'PUBLISHED', createdAt: now, updatedAt: now, dueAt: now },
          ...(await setup.read(tx, event, allParts)),
        },
      });
      const first = await steps.change(tx, viewer, event, { seriesId: series.id, occurrenceOn: firstOn });
      await materialising.materialise(tx, series);
      return first;
    });
  };

  /** Publishes what there is of a series, and what will be. */
  const publish = (viewer: Viewer, eventId: string): Promise<Event> =>
    db.$transaction(async (tx) => {
      const now = clock.now();
      const { series, event } = await lockPointed(tx, viewer, eventId);
      assertMayOrganize(viewer, readTemplate(series));
      const drafts = await tx.event.findMany({
        where: { seriesId: series.id, status: 'DRAFT', startsAt: { gt: now } },
        orderBy: { startsAt: 'asc' },
      });
      for (const draft of drafts) await steps.announce(tx, viewer, draft);
      if (!series.isPublished) await changing.write(tx, series, { isPublished: true });
      return tx.event.findUniqueOrThrow({ where: { id: event.id } });
    });

  /** Changes all events to come, or those from one on. What single events have changed for themselves stays. */
  const update = (
    viewer: Viewer,
    eventId: string,
    input: {
      expectedVersion: number;
      scope: SeriesScope;
      rule?: string | null;
      takeOver?: readonly SeriesPart[] | null;
    },
  ): Promise<Event> => {
    const { expectedVersion, scope, rule, takeOver, ...rest } = input;
    const parts = [...new Set(takeOver ?? [])];
    const changes = parseInput(eventChanges, rest);
    const parsed = rule == null ? null : parseRule(parseInput(ruleText, rule));
    return db.$transaction(async (tx) => {
      const now = clock.now();
      const { series, event } = await lockPointed(tx, viewer, eventId, expectedVersion);
      assertToCome(event, now);
      if (parsed && scope === 'ALL')
        throw new AppError('INVALID_INPUT', 'Another rule begins with this event: THIS_AND_LATER.', {
          path: ['scope'],
        });
      if (parsed) await assertWithinRate(tx, series.organizerId, now);
      const data = applyChanges(event, changes, now);
      if (changes.place) assertMayOrganize(viewer, { ...event, ...data });
      const part = scope === 'ALL' ? series : await changing.split(tx, series, event.occurrenceOn!);
      await changing.reshape(tx, viewer, { series: part, event, data, parsed, scope, parts });
      return tx.event.findUniqueOrThrow({ where: { id: event.id } });
    });
  };

  /** Each change of a rule makes up to half a year of events and calls off others. */
  async function assertWithinRate(tx: Transaction, organizerId: string, now: Date): Promise<void> {
    // One change of an organizer at a time, or two of them would both count the last but one.
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`series:${organizerId}`}, 0))`;
    const since = new Date(now.getTime() - dayMs);
    const made = await tx.event.count({ where: { organizerId, createdAt: { gt: since } } });
    if (made >= mostMadeADay)
      throw new AppError(
        'RATE_LIMITED',
        `${mostMadeADay} events were made within 24 hours: change the rule later.`,
      );
  }

  /** Calls off all events to come, or those from one on. There will be no more of them. */
  const cancel = (
    viewer: Viewer,
    eventId: string,
    { expectedVersion, scope }: { expectedVersion: number; scope: SeriesScope },
  ): Promise<Event> =>
    db.$transaction(async (tx) => {
      const now = clock.now();
      const { series, event } = await lockPointed(tx, viewer, eventId, expectedVersion);
      const from = scope === 'ALL' ? series.firstOn : event.occurrenceOn!;
      const doomed = await tx.event.findMany({
        where: {
          seriesId: series.id,
          status: { not: 'CANCELLED' },
          occurrenceOn: { gte: from },
          startsAt: { gt: now },
        },
        orderBy: { startsAt: 'asc' },
      });
      for (const one of doomed) await steps.callOff(tx, viewer, one);
      const lastOn = dayAfter(scope === 'ALL' ? midnightOf(now) : from, -1);
      if (!series.lastOn || lastOn < series.lastOn) await changing.write(tx, series, { lastOn });
      return tx.event.findUniqueOrThrow({ where: { id: event.id } });
    });

  /** Locks the series of an event of the viewer's, then all of its events, in the order of their ids. */
  async function lockPointed(
    tx: Transaction,
    viewer: Viewer,
    eventId: string,
    expectedVersion?: number,
  ): Promise<Pointed> {
    const series = await lockSeriesOf(tx, eventId);
    const event = await lockOwned(tx, viewer, eventId);
    if (!series || event.seriesId !== series.id)
      throw new AppError('INVALID_INPUT', 'The event is of no series.', { path: ['eventId'] });
    if (expectedVersion !== undefined && expectedVersion !== series.version) throw stale({ event });
    return { series, event };
  }

  const listEvents = (series: EventSeries, viewer: Viewer | null, page: Page): Promise<Event[]> =>
    db.event.findMany({
      where: {
        AND: [{ seriesId: series.id }, isOwnedBy(viewer, series) ? {} : announcedTo(viewer), page.where],
      },
      orderBy: page.orderBy,
      take: page.take,
    });

  return { repeat, publish, update, cancel, listEvents };
}

const stale = (payload: object) =>
  new AppError('CONFLICT', 'It has changed meanwhile.', { path: ['expectedVersion'], payload });

function assertToCome(event: Event, now: Date): void {
  assertOpen(event, now);
  if (event.startsAt <= now)
    throw new AppError('INVALID_INPUT', 'The event has begun.', { path: ['eventId'] });
}
