import { AppError } from '@diaspora/kit';
import type { Event } from '../__generated__/prisma/client.js';
import { searchTextOf } from '../catalog/index.js';
import { formatLocal } from '../time/index.js';
import { assertPlaceFits, placeColumns, readSchedule, type EventChanges } from './rules.js';

/** The columns an edit writes. Pure. Throws AppError INVALID_INPUT when the event could not be like that. */
export function applyChanges(event: Event, changes: EventChanges, now: Date): Partial<Event> {
  const { place, startsAt: _startsAt, endsAt: _endsAt, timeZone: _timeZone, ...plain } = changes;
  const given = Object.fromEntries(Object.entries(plain).filter(([, value]) => value !== undefined));
  const data: Partial<Event> = {
    ...given,
    ...(place && placeColumns(place)),
    ...reschedule(event, changes, now),
  };
  const next = { ...event, ...data };
  assertPlaceFits(next);
  if (next.capacity !== null && next.capacity < event.registeredCount) {
    const message = `${event.registeredCount} people are registered already.`;
    throw new AppError('INVALID_INPUT', message, { path: ['capacity'] });
  }
  return { ...data, searchText: searchTextOf(next) };
}

/** Wall-clock times stay what they were unless given; the instants follow the zone. */
function reschedule(event: Event, { startsAt, endsAt, timeZone }: EventChanges, now: Date): Partial<Event> {
  if (startsAt === undefined && endsAt === undefined && timeZone === undefined) return {};
  const schedule = {
    startsAt: startsAt ?? formatLocal(event.startsAtLocal),
    endsAt: endsAt ?? formatLocal(event.endsAtLocal),
    timeZone: timeZone ?? event.timeZone,
  };
  return readSchedule(schedule, now);
}
