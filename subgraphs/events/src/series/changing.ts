import { AppError, type Clock, type Viewer } from '@diaspora/kit';
import type { Event, EventSeries } from '../__generated__/prisma/client.js';
import { entriesOf, type EventColumns } from '../catalog/index.js';
import type { Prisma, Transaction } from '../database.js';
import { seriesIds } from '../ids.js';
import { assertProgramFits, type Steps } from '../organizing/index.js';
import type { Materialising } from './materialising.js';
import {
  assertBeginsThere,
  dayAfter,
  daysBetween,
  lastDayOf,
  midnightOf,
  timesOn,
  type ParsedRule,
  type SeriesScope,
} from './rules.js';
import { ownPartsOf, type SeriesPart, type Setup } from './setup.js';
import { inherited, readTemplate, templateColumns, timingOf } from './template.js';

interface Dependencies {
  readonly clock: Clock;
  readonly steps: Steps;
  readonly materialising: Materialising;
  readonly setup: Setup;
}

export interface Change {
  readonly series: EventSeries;
  /** The event somebody changed, and with it the others. */
  readonly event: Event;
  readonly data: EventColumns;
  readonly parsed: ParsedRule | null;
  readonly scope: SeriesScope;
  /** What the others take over from the event as it is. */
  readonly parts: readonly SeriesPart[];
}

/** How a change of one event spreads over its series, whose rows are all locked. */
export function createChanging({ clock, steps, materialising, setup }: Dependencies) {
  const write = (
    tx: Transaction,
    { id, version }: EventSeries,
    data: Prisma.EventSeriesUpdateInput,
  ): Promise<EventSeries> =>
    tx.eventSeries.update({ where: { id }, data: { ...data, version: version + 1, updatedAt: clock.now() } });

  /** Ends a series before a day and goes on with another that is the same from that day on. */
  async function split(tx: Transaction, series: EventSeries, day: Date): Promise<EventSeries> {
    if (day <= series.firstOn) return series;
    await write(tx, series, { lastOn: dayAfter(day, -1) });
    const now = clock.now();
    const { id: _id, version: _version, template, sale, form, ...same } = series;
    const json = { template, sale, form } as Record<'template' | 'sale' | 'form', Prisma.InputJsonValue>;
    const later = await tx.eventSeries.create({
      data: {
        ...{ ...same, ...json, id: seriesIds.create(), firstOn: day },
        ...{ createdAt: now, updatedAt: now },
      },
    });
    await tx.event.updateMany({
      where: { seriesId: series.id, occurrenceOn: { gte: day } },
      data: { seriesId: later.id },
    });
    return later;
  }

  async function reshape(tx: Transaction, viewer: Viewer, change: Change): Promise<void> {
    const { series, event, data, parsed, parts } = change;
    const next = { ...event, ...data };
    const day = midnightOf(next.startsAtLocal);
    const isMoved = data.startsAtLocal !== undefined && day.getTime() !== event.occurrenceOn!.getTime();
    if (isMoved && !parsed)
      throw new AppError('INVALID_INPUT', 'Other days need another rule.', { path: ['rule'] });
    const timing = data.startsAtLocal === undefined ? null : timingOf(next);
    const ruled = parsed && ruleColumns(parsed, day, series);
    const changed = await write(tx, series, {
      template: { ...readTemplate(series), ...templateColumns(data) },
      ...timing,
      ...ruled,
      ...(await setup.read(tx, event, parts)),
    });
    await applyToPointed(tx, viewer, change, ruled ? day : event.occurrenceOn!);
    await applyToOthers(tx, viewer, { ...change, series: changed }, timing !== null);
    await materialising.materialise(tx, changed);
  }

  function ruleColumns(parsed: ParsedRule, day: Date, series: EventSeries) {
    const ends = parsed.count !== null || parsed.until !== null;
    const lastOn = ends ? lastDayOf(parsed, day) : series.lastOn;
    assertBeginsThere(parsed.rule, day, lastOn);
    return { rule: parsed.rule, anchorOn: day, firstOn: day, lastOn };
  }

  /** The event somebody looked at takes the change as a whole, and what it had of its own gives way to it. */
  async function applyToPointed(
    tx: Transaction,
    viewer: Viewer,
    { event, data, parts }: Change,
    occurrenceOn: Date,
  ): Promise<void> {
    const isTaken = await tx.event.count({
      where: { id: { not: event.id }, seriesId: event.seriesId, occurrenceOn },
    });
    if (isTaken > 0)
      throw new AppError('INVALID_INPUT', 'There is an event of the series on that day.', {
        path: ['startsAt'],
      });
    const times = data.startsAtLocal === undefined ? [] : ['schedule'];
    const given = new Set([...Object.keys(data), ...times, ...ownPartsOf(parts)]);
    const ownFields = event.ownFields.filter((name) => !given.has(name));
    await steps.change(tx, viewer, event, { ...data, ownFields, occurrenceOn });
  }

  async function applyToOthers(
    tx: Transaction,
    viewer: Viewer,
    { series, event, data, parsed, scope, parts }: Change,
    isRetimed: boolean,
  ): Promise<void> {
    const now = clock.now();
    const others = await tx.event.findMany({
      where: {
        ...{
          seriesId: series.id,
          id: { not: event.id },
          status: { not: 'CANCELLED' },
          startsAt: { gt: now },
        },
        ...(scope === 'THIS_AND_LATER' && { occurrenceOn: { gte: series.firstOn } }),
      },
      orderBy: { startsAt: 'asc' },
    });
    for (const other of others) {
      if (parsed && !isDayOf(series, other.occurrenceOn!)) await drop(tx, viewer, other);
      else {
        const inheriting = await inherit(tx, viewer, other, { series, data, isRetimed });
        await setup.replace(tx, inheriting, { series, parts });
      }
    }
  }

  async function inherit(
    tx: Transaction,
    viewer: Viewer,
    other: Event,
    { series, data, isRetimed }: { series: EventSeries; data: EventColumns; isRetimed: boolean },
  ): Promise<Event> {
    const times = isRetimed ? timesOn(other.occurrenceOn!, series) : null;
    const columns = inherited(other, templateColumns(data), times);
    if (!columns) return other;
    const next = { ...other, ...columns };
    assertProgramFits(entriesOf(next), next);
    return steps.change(tx, viewer, other, columns);
  }

  /**
   * An event whose day the rule leaves out: one that differs from the others stays, and so does a draft that is of a packet;
   * other drafts go, the rest is called off.
   */
  async function drop(tx: Transaction, viewer: Viewer, event: Event): Promise<void> {
    const { id, ownFields, publishedAt } = event;
    if (ownFields.length > 0) return;
    if (publishedAt) await steps.callOff(tx, viewer, event, { seriesId: null, occurrenceOn: null });
    else await tx.event.deleteMany({ where: { id, inclusions: { none: {} } } });
  }

  return { write, split, reshape };
}

const isDayOf = ({ rule, anchorOn, lastOn }: EventSeries, day: Date): boolean =>
  daysBetween(rule, anchorOn, day, day).length > 0 && (!lastOn || day <= lastOn);
