import ical, { ICalCalendarMethod, type ICalLuxonDateTimeStub } from 'ical-generator';
import type { CalendarEntry } from './rules.js';
import { timeZoneText } from './time-zones.js';

/** Entries as an iCalendar text (RFC 5545). The same entries give the same text. */
export function icsOf(
  entries: readonly CalendarEntry[],
  options: { name?: string; method?: 'PUBLISH' } = {},
): string {
  const times = entries.flatMap(({ startsAt, endsAt }) => [startsAt.getTime(), endsAt.getTime()]);
  const [first, last] = [new Date(Math.min(...times)), new Date(Math.max(...times))];
  const calendar = ical({
    prodId: '//diaspora//events//EN',
    ...(options.name !== undefined && { name: options.name }),
    ...(options.method && { method: ICalCalendarMethod[options.method] }),
    // Without a zone of the calendar itself: its stamps would lose their Z.
    timezone: { name: null, generator: (zone) => timeZoneText(zone, first, last) },
  });
  for (const entry of entries) {
    calendar.createEvent({
      id: entry.uid,
      sequence: entry.sequence,
      status: entry.status as never,
      start: wallClock(entry.startsAtLocal, entry.startsAt),
      end: wallClock(entry.endsAtLocal, entry.endsAt),
      timezone: entry.zone,
      summary: entry.title,
      ...(entry.description && { description: entry.description }),
      ...(entry.location && { location: { title: entry.location, ...(entry.geo && { geo: entry.geo }) } }),
      ...(!entry.location && entry.geo && { location: { geo: entry.geo } }),
      ...(entry.url && { url: entry.url }),
      created: entry.createdAt,
      lastModified: entry.changedAt,
      stamp: entry.changedAt,
    });
  }
  return `${calendar.toString()}\r\n`;
}

/**
 * A time that is written as its wall clock shows it. Of a plain Date the library would write what the clocks of this
 * process show; of Luxon's dates it reads these four.
 */
function wallClock(local: Date, instant: Date): ICalLuxonDateTimeStub {
  const [date, time] = local.toISOString().replaceAll(/[-:]/g, '').split('T') as [string, string];
  const clock: ICalLuxonDateTimeStub = {
    isValid: true,
    zone: { type: 'fixed' },
    setZone: () => clock,
    toFormat: (format) => (format === 'yyyyLLdd' ? date : time.slice(0, 6)),
    toJSDate: () => instant,
    toJSON: () => instant.toISOString(),
  };
  return clock;
}
