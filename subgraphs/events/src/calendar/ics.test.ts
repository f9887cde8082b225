import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import ICAL from 'ical.js';
import type { Event } from '../__generated__/prisma/client.js';
import { localAt, resolveLocal } from '../time/index.js';
import { icsOf } from './ics.js';
import { entryOf, type CalendarEntry } from './rules.js';

const createdAt = new Date('2026-06-01T12:00:00Z');

function anEvent(overrides: Partial<Event> = {}): Event {
  const startsAtLocal = overrides.startsAtLocal ?? new Date('2026-10-24T23:30:00Z');
  const endsAtLocal = overrides.endsAtLocal ?? new Date('2026-10-25T03:30:00Z');
  const timeZone = overrides.timeZone ?? 'Europe/Berlin';
  const event = {
    id: '019e8278-2400-7000-8000-000000000001',
    title: 'Horă; dans, și "vin" \\ pâine',
    description: 'Prima linie\nA doua, cu 🎻'.repeat(20),
    status: 'PUBLISHED',
    visibility: 'PUBLIC',
    ...{ startsAtLocal, endsAtLocal, timeZone },
    startsAt: resolveLocal(startsAtLocal, timeZone).instant,
    endsAt: resolveLocal(endsAtLocal, timeZone).instant,
    ...{ venue: 'Kulturhaus', address: 'Hauptstraße 1', city: 'Berlin', latitude: 52.5, longitude: 13.4 },
    ...{
      onlineUrl: 'https://meet.example/a',
      version: 3,
      createdAt,
      updatedAt: createdAt,
      cancelledAt: null,
    },
    ...overrides,
  };
  return event as unknown as Event;
}

/** Read as a calendar reads it, with the zones that the file brings along and no others. */
function read(text: string) {
  const calendar = new ICAL.Component(ICAL.parse(text) as never);
  ICAL.TimezoneService.reset();
  for (const zone of calendar.getAllSubcomponents('vtimezone'))
    ICAL.TimezoneService.register(new ICAL.Timezone(zone), zone.getFirstPropertyValue('tzid') as string);
  return calendar.getAllSubcomponents('vevent').map((component) => new ICAL.Event(component));
}
const readOne = (entry: CalendarEntry) => read(icsOf([entry]))[0]!;
const value = (event: ICAL.Event, name: string) => event.component.getFirstPropertyValue(name);

describe('an iCalendar text', () => {
  it('says to a foreign reader what the event says', () => {
    const event = anEvent();
    const found = readOne(entryOf(event, null, true));
    expect(found.uid).toMatch(/^evt_\w{26}@events\.diaspora$/);
    expect(found.summary).toBe(event.title);
    expect(found.description).toBe(event.description);
    expect(found.location).toBe('Kulturhaus, Hauptstraße 1, Berlin');
    expect(value(found, 'geo')).toEqual([52.5, 13.4]);
    expect(value(found, 'url')).toBe('https://meet.example/a');
    expect(value(found, 'status')).toBe('CONFIRMED');
    expect(String(value(found, 'dtstamp'))).toBe('2026-06-01T12:00:00Z');
    expect(found.startDate.zone?.tzid).toBe('Europe/Berlin');
    expect(found.startDate.toJSDate()).toEqual(event.startsAt);
    expect(found.endDate.toJSDate()).toEqual(event.endsAt);
    // The clocks went back between the two.
    expect(event.endsAt.getTime() - event.startsAt.getTime()).toBe(5 * 3_600_000);
  });

  it('has lines of 75 octets at most, which end with CR LF', () => {
    const text = icsOf([entryOf(anEvent())]);
    expect(text.endsWith('END:VCALENDAR\r\n')).toBe(true);
    const lines = text.split('\r\n');
    expect(lines.every((line) => !/[\r\n]/.test(line) && Buffer.byteLength(line) <= 75)).toBe(true);
  });

  it('is the same for the same entries', () => {
    expect(icsOf([entryOf(anEvent())])).toBe(icsOf([entryOf(anEvent())]));
  });

  it.each([
    ...[
      'Europe/Bucharest',
      'America/New_York',
      'Australia/Lord_Howe',
      'America/Sao_Paulo',
      'Africa/Casablanca',
    ],
    ...['Asia/Kathmandu', 'Pacific/Apia', 'Europe/Dublin', 'UTC'],
  ])('means by its wall clock in %s the instants of the platform', (timeZone) => {
    const hours = fc.integer({ min: 0, max: 24 * 365 * 4 });
    fc.assert(
      fc.property(hours, (hour) => {
        const asked = new Date(Date.UTC(2025, 0, 1) + hour * 3_600_000);
        const { local: startsAtLocal, instant } = resolveLocal(asked, timeZone);
        // By RFC 5545, as here, the first of a repeated hour counts; this reader takes the second.
        fc.pre(localAt(new Date(instant.getTime() + 3_600_000), timeZone) > startsAtLocal);
        const found = readOne(entryOf(anEvent({ startsAtLocal, endsAtLocal: startsAtLocal, timeZone })));
        expect(found.startDate.toJSDate()).toEqual(instant);
      }),
      { numRuns: 25 },
    );
  });
});

describe('the entry of an event', () => {
  const later = new Date(createdAt.getTime() + 60_000);
  const place = { status: 'CONFIRMED', confirmedAt: later, cancelledAt: null, decidedAt: null } as const;
  const left = { ...place, status: 'CANCELLED', cancelledAt: new Date(later.getTime() + 60_000) } as const;
  const back = { ...place, confirmedAt: new Date(later.getTime() + 120_000) } as const;

  it('has one uid, and a sequence that grows with each edit and each change of the place', () => {
    const entries = [
      entryOf(anEvent()),
      entryOf(anEvent({ version: 4 })),
      entryOf(anEvent({ version: 5, updatedAt: later })),
      entryOf(anEvent({ version: 5, updatedAt: later }), left),
      entryOf(anEvent({ version: 5, updatedAt: later }), back),
    ];
    const sequences = entries.map(({ sequence }) => sequence);
    expect(sequences).toEqual([...new Set(sequences)].sort((one, other) => one - other));
    expect(new Set(entries.map(({ uid }) => uid)).size).toBe(1);
  });

  it.each(['INTERESTED', 'PENDING'] as const)('is not sure for a place that is %s', (status) => {
    const unsure = { ...place, status, confirmedAt: null };
    expect(value(readOne(entryOf(anEvent(), unsure)), 'status')).toBe('TENTATIVE');
  });

  it('stays as a tombstone when the event is called off or left, and says nothing of where it is then', () => {
    expect(value(readOne(entryOf(anEvent({ status: 'CANCELLED' }))), 'status')).toBe('CANCELLED');
    const gone = readOne(entryOf(anEvent(), left, true));
    expect(value(gone, 'status')).toBe('CANCELLED');
    expect([gone.location, gone.description, value(gone, 'url'), value(gone, 'geo')]).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });
});
