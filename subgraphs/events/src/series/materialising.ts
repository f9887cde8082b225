import type { Clock, Outbox } from '@diaspora/kit';
import type { EventSeries } from '../__generated__/prisma/client.js';
import { searchTextOf } from '../catalog/index.js';
import type { Db, Transaction } from '../database.js';
import { eventIds } from '../ids.js';
import type { EventsMessages } from '../messages.js';
import { eventSnapshot } from '../organizing/index.js';
import { localAt } from '../time/index.js';
import { dayAfter, daysBetween, horizonMs, midnightOf, mostAhead, timesOn } from './rules.js';
import { readTemplate } from './template.js';

export type Materialising = ReturnType<typeof createMaterialising>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly outbox: Outbox<EventsMessages>;
}

const batchSize = 200;
const dayMs = 86_400_000;
/** How far to look for the next event of a rule that comes seldom: 29 February may be eight years away. */
const furthestMs = 9 * 366 * dayMs;

/** Makes the events of series ahead of time: whatever was made, changed or called off before stays as it is. */
export function createMaterialising({ db, clock, outbox }: Dependencies) {
  /** The job behind the crontab. One series that fails does not hold up the others. */
  async function materialiseDue(): Promise<void> {
    const due = await db.eventSeries.findMany({
      where: { dueAt: { lte: clock.now() } },
      orderBy: { dueAt: 'asc' },
      take: batchSize,
      select: { id: true },
    });
    const failures: unknown[] = [];
    for (const { id } of due)
      await db
        .$transaction(async (tx) => {
          const series = await lockSeries(tx, id);
          if (series && series.dueAt <= clock.now()) await materialise(tx, series);
        })
        .catch((error: unknown) => failures.push(error));
    if (failures.length > 0)
      throw new AggregateError(failures, `${failures.length} series were not continued`);
  }

  /** The series is locked. Two that do it at once would meet at the unique index of series and day. */
  async function materialise(tx: Transaction, series: EventSeries): Promise<void> {
    const now = clock.now();
    for (const day of upcomingDays(series, now)) {
      const times = timesOn(day, series);
      if (times && times.startsAt > now) await make(tx, series, day, times, now);
    }
    await tx.eventSeries.update({
      where: { id: series.id },
      data: { dueAt: new Date(now.getTime() + dayMs) },
    });
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
        seriesId: series.id,
        occurrenceOn,
        searchText: searchTextOf(template),
        ...(series.isPublished && { status: 'PUBLISHED' as const, publishedAt: now }),
        createdAt: now,
        updatedAt: now,
      },
      skipDuplicates: true,
    });
    if (made && series.isPublished) await outbox.publish(tx, eventSnapshot('event.published', made));
  }

  return { materialiseDue, materialise };
}

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

/** A series before its events, always: whoever changes both locks in this order. */
export async function lockSeries(tx: Transaction, id: string): Promise<EventSeries | null> {
  await tx.$executeRaw`SELECT 1 FROM event_series WHERE id = ${id}::uuid FOR NO KEY UPDATE`;
  return tx.eventSeries.findUnique({ where: { id } });
}
