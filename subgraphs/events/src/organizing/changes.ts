import type { Event } from '../__generated__/prisma/client.js';
import { entriesOf, searchTextOf, type EventColumns } from '../catalog/index.js';
import { formatLocal } from '../time/index.js';
import { assertProgramFits, readProgram } from './agenda.js';
import { assertPlaceFits, assertTranslates, placeColumns, readSchedule, type EventChanges } from './rules.js';

/** The columns an edit writes. Pure. Throws AppError INVALID_INPUT when the event could not be like that. */
export function applyChanges(event: Event, changes: EventChanges, now: Date): EventColumns {
  const { place, program, startsAt: _startsAt, endsAt: _endsAt, timeZone: _timeZone, ...plain } = changes;
  const given = Object.fromEntries(Object.entries(plain).filter(([, value]) => value !== undefined));
  const moved = reschedule(event, changes, now);
  const data: EventColumns = {
    ...given,
    ...(place && placeColumns(place)),
    ...moved,
    ...(program && { program: readProgram(program, { ...event, ...moved }) }),
  };
  const next = { ...event, ...data };
  assertPlaceFits(next);
  assertTranslates(next);
  assertProgramFits(entriesOf(next), next);
  return { ...data, searchText: searchTextOf(next) };
}

const times: readonly string[] = ['startsAtLocal', 'endsAtLocal', 'timeZone', 'startsAt', 'endsAt'];

/** What of an event of a series is its own from now on: columns, its times as one. */
export const ownFieldsOf = ({ ownFields }: Pick<Event, 'ownFields'>, data: EventColumns): string[] => {
  const columns = Object.keys(data).filter((column) => column !== 'searchText');
  return [...new Set([...ownFields, ...columns.map((name) => (times.includes(name) ? 'schedule' : name))])];
};

/** Wall-clock times stay what they were unless given; the instants follow the zone. */
function reschedule(event: Event, { startsAt, endsAt, timeZone }: EventChanges, now: Date): EventColumns {
  if (startsAt === undefined && endsAt === undefined && timeZone === undefined) return {};
  const schedule = {
    startsAt: startsAt ?? formatLocal(event.startsAtLocal),
    endsAt: endsAt ?? formatLocal(event.endsAtLocal),
    timeZone: timeZone ?? event.timeZone,
  };
  return readSchedule(schedule, now);
}
