import { dayMs, type Clock, type Outbox } from '@diaspora/kit';
import type { EventSeries, SeriesPauseReason } from '../__generated__/prisma/client.js';
import { searchTextOf } from '../catalog/index.js';
import type { Db, Transaction } from '../database.js';
import { drain } from '../draining.js';
import { eventIds, seriesIds, userIds } from '../ids.js';
import type { EventsMessages } from '../messages.js';
import { eventSnapshot } from '../organizing/index.js';
import { lackOf, readStanding } from '../standing/index.js';
import { lockSeries } from '../steering.js';
import { localAt } from '../time/index.js';
import { dayAfter, daysBetween, horizonMs, midnightOf, mostAhead, timesOn } from './rules.js';
import type { Setup } from './setup.js';
import { readTemplate } from './template.js';

export type Materialising = ReturnType<typeof createMaterialising>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly outbox: Outbox<EventsMessages>;
  readonly setup: Setup;
}

const batchSize = 200;
/** How far to look for the next event of a rule that comes seldom: 29 February may be eight years away. */
const furthestMs = 9 * 366 * dayMs;

/** Makes the events of series ahead of time: whatever was made, changed or called off before stays as it is. */
export function createMaterialising({ db, clock, outbox, setup }: Dependencies) {
  /** The job behind the crontab. */
  async function materialiseDue(): Promise<void> {
    const findDue = async (failed: readonly string[]) =>
      db.eventSeries.findMany({
        where: { dueAt: { lte: clock.now() }, id: { notIn: [...failed] } },
        orderBy: { dueAt: 'asc' },
        take: batchSize,
        select: { id: true },
      });
    await drain(
      async (failed) => (await findDue(failed)).map(({ id }) => id),
      (id) =>
        db.$transaction(async (tx) => {
          const series = await lockSeries(tx, id);
          if (series && series.dueAt <= clock.now()) await materialise(tx, series);
        }),
    );
  }

  /** The series is locked. Two that do it at once would meet at the unique index of series and day. */
  async function materialise(tx: Transaction, series: EventSeries): Promise<void> {
    const now = clock.now();
    const standing = await readStanding(tx, series.organizerId, now);
    const pauseReason = lackOf(standing, readTemplate(series), now);
    if (!pauseReason)
      for (const day of upcomingDays(series, now)) {
        const times = timesOn(day, series);
        if (times && times.startsAt > now) await make(tx, series, day, times, now);
      }
    // Of a suspension users tell the person.
    const isNews = pauseReason !== series.pauseReason && !isOver(series, now);
    if (pauseReason && pauseReason !== 'ORGANIZER_SUSPENDED' && isNews)
      await tellPause(tx, series, pauseReason);
    await tx.eventSeries.update({
      where: { id: series.id },
      data: {
        pauseReason,
        pausedSince: pauseReason && (series.pausedSince ?? now),
        dueAt: isOver(series, now) ? never : new Date(now.getTime() + dayMs),
      },
    });
  }

  async function tellPause(
    tx: Transaction,
    { id, organizerId }: EventSeries,
    reason: Exclude<SeriesPauseReason, 'ORGANIZER_SUSPENDED'>,
  ): Promise<void> {
    const key = seriesIds.encode(id);
    const pause = { seriesId: key, organizerId: userIds.encode(organizerId), reason };
    const data = { ...pause, pausedAt: clock.now().toISOString() };
    await outbox.publish(tx, { type: 'series.paused', key, data });
  }

  /** What an organizer may organize has changed: the next run of the job looks at their series. */
  async function lookAgain(tx: Transaction, organizerId: string): Promise<void> {
    const dueAt = clock.now();
    await tx.eventSeries.updateMany({ where: { organizerId, dueAt: { gt: dueAt } }, data: { dueAt } });
  }

  async function make(
    tx: Transaction,
    series: EventSeries,
    occurrenceOn: Date,
    times: NonNullable<ReturnType<typeof timesOn>>,
    now: Date,
  ): Promise<void> {
    const template = readTemplate(series);
    const [made] = await tx.event.createManyAndReturn({
      data: {
        ...template,
        ...times,
        id: eventIds.create(),
        organizerId: series.organizerId,
        coHostIds: series.coHostIds,
        seriesId: series.id,
        occurrenceOn,
        searchText: searchTextOf(template),
        ...(series.isPublished && { status: 'PUBLISHED' as const, publishedAt: now }),
        createdAt: now,
        updatedAt: now,
      },
      skipDuplicates: true,
    });
    if (!made) return;
    await setup.give(tx, made, series);
    if (series.isPublished) await outbox.publish(tx, eventSnapshot('event.published', made));
  }

  return { materialiseDue, materialise, lookAgain };
}

const never = new Date('9999-01-01T00:00:00Z');

/** Whether its last day has passed: then nothing follows, unless somebody changes it. */
const isOver = ({ lastOn, timeZone }: EventSeries, now: Date): boolean =>
  lastOn !== null && lastOn < midnightOf(localAt(now, timeZone));

/** The days for which there should be events now: the next ones within the horizon, and one at least. */
export function upcomingDays(series: EventSeries, now: Date): Date[] {
  const { rule, anchorOn, firstOn, lastOn, timeZone, excludedOn } = series;
  const today = midnightOf(localAt(now, timeZone));
  const from = firstOn > today ? firstOn : today;
  const within = (ms: number) => {
    const furthest = midnightOf(new Date(from.getTime() + ms));
    const through = lastOn && lastOn < furthest ? lastOn : furthest;
    return through < from ? [] : daysBetween(rule, anchorOn, from, through);
  };
  const horizon = dayAfter(today, horizonMs / dayMs);
  const near = within(horizonMs).filter((day) => day <= horizon);
  const days = near.length > 0 ? near.slice(0, mostAhead) : within(furthestMs).slice(0, 1);
  const excluded = new Set(excludedOn.map((day) => day.getTime()));
  return days.filter((day) => !excluded.has(day.getTime()));
}
