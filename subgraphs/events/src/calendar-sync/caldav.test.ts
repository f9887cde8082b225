import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { dayMs, givenEvents, hourMs } from '../testing/given.js';
import { entryOf } from '../calendar/index.js';
import { openCalDavCalendar } from './caldav.js';
import { calendarActions } from './testing/given-calendars.js';
import { hasRadicale, startRadicale } from './testing/radicale.js';

type Events = Awaited<ReturnType<typeof givenEvents>>;
let radicale: Awaited<ReturnType<typeof startRadicale>>;
let events: Events;
let actions: ReturnType<typeof calendarActions>;
const account = { username: 'ilinca', password: 'a-password-for-this-app' };

beforeAll(async () => {
  if (!isRunning) return;
  radicale = await startRadicale(account);
  events = await givenEvents();
  actions = calendarActions(events);
});
afterAll(async () => {
  if (!isRunning) return;
  await events.stop();
  await radicale.stop();
});

/** CI installs it (.ci/run); elsewhere `apt-get install radicale` does. */
const isRunning = hasRadicale || process.env['CI'] !== undefined;
const against = isRunning ? describe : describe.skip;

type Person = ReturnType<Events['given']['person']>;
const connect = (person: Person, changes: object = {}) =>
  actions.mutate(person, 'connectCalDavCalendar', { serverUrl: radicale.url, ...account, ...changes });

/** A person who goes to so many events, with a connected calendar that is in step. */
async function aGoer(count: number) {
  const person = actions.subscriber();
  const startsAt = new Date(events.clock.now().getTime() + 7 * dayMs);
  const times = {
    ...{ timeZone: 'Europe/Bucharest', startsAt, startsAtLocal: new Date(startsAt.getTime() + 3 * hourMs) },
    endsAtLocal: new Date(startsAt.getTime() + 5 * hourMs),
  };
  const going = await Promise.all(
    Array.from({ length: count }, () => events.given.event({ registeredCount: 1, ...times })),
  );
  for (const event of going) await events.given.registration(event, person.id);
  const { connection } = await connect(person);
  await actions.bothWays(person, connection.id as string);
  await actions.sync(person);
  const { calendarRef } = await events.db.calendarConnection.findFirstOrThrow({
    where: { userId: person.id },
  });
  const urlOf = ({ publicId }: { publicId: string }) => `${calendarRef}${publicId}.ics`;
  const read = async (event: { publicId: string }) => {
    const response = await radicale.request(urlOf(event), 'GET');
    return { status: response.status, etag: response.headers.get('etag'), text: await response.text() };
  };
  const edit = async (event: { publicId: string }, change: (text: string) => string) => {
    const type = { 'content-type': 'text/calendar' };
    const { status } = await radicale.request(urlOf(event), 'PUT', change((await read(event)).text), type);
    expect(status).toBe(201);
  };
  const remove = (event: { publicId: string }) => radicale.request(urlOf(event), 'DELETE');
  return { person, going, first: going[0]!, calendarRef, read, edit, remove };
}

const declinedBy = (guest: string) => (text: string) =>
  text.replace('STATUS:', `ATTENDEE;PARTSTAT=DECLINED:${guest}\r\nSTATUS:`);

against('a calendar at a CalDAV server (radicale)', () => {
  it('is made when a person connects, and shows what the person goes to', async () => {
    const { first, calendarRef, read } = await aGoer(2);
    const { status, text } = await read(first);
    expect(status).toBe(200);
    expect(text).toContain(`SUMMARY:${first.title}`);
    expect(text).toContain('TZID:Europe/Bucharest');
    const name = '<propfind xmlns="DAV:"><prop><displayname/></prop></propfind>';
    const found = await radicale.request(calendarRef, 'PROPFIND', name, { depth: '0' });
    expect(await found.text()).toContain('Diaspora');
  });

  it('is not connected with a wrong password or where there is none, and nothing is kept', async () => {
    const person = events.given.person();
    expect((await connect(person, { password: 'another' })).refusal).toBe('CALENDAR_REFUSED');
    expect((await connect(person, { serverUrl: 'http://127.0.0.1:9/' })).refusal).toBe('CALENDAR_REFUSED');
    expect((await connect(person, { serverUrl: 'ftp://127.0.0.1/' })).refusal).toBe('INVALID_INPUT');
    expect(await events.db.calendarConnection.count({ where: { userId: person.id } })).toBe(0);
  });

  it('follows changes, loses what is left, and is not written to without reason', async () => {
    const { person, going, first, read } = await aGoer(2);
    const before = await read(going[1]!);
    await events.db.event.update({ where: { id: first.id }, data: { title: 'Renamed', version: 2 } });
    await actions.sync(person);
    expect((await read(first)).text).toContain('SUMMARY:Renamed');
    for (let time = 0; time < 2; time++) await actions.sync(person);
    expect(await read(going[1]!)).toEqual(before);
    expect(await actions.hidden(person)).toBe(0);
    await events.db.registration.updateMany({
      where: { eventId: first.id, userId: person.id },
      data: { status: 'CANCELLED', cancelledAt: events.clock.now(), places: 0 },
    });
    await actions.sync(person);
    expect((await read(first)).status).toBe(404);
  });

  it('hides what the person removes there, and keeps the place', async () => {
    const { person, first, read, remove } = await aGoer(2);
    await remove(first);
    await actions.sync(person);
    await events.db.event.update({ where: { id: first.id }, data: { title: 'Renamed', version: 2 } });
    await actions.sync(person);
    expect((await read(first)).status).toBe(404);
    expect((await actions.place(first, person)).status).toBe('CONFIRMED');
    await actions.mutate(person, 'showInCalendars', { eventId: first.publicId }, 'connections { id }');
    await actions.sync(person);
    expect((await read(first)).text).toContain('SUMMARY:Renamed');
  });

  it.each([
    ['cancels the entry', (text: string) => text.replace('STATUS:CONFIRMED', 'STATUS:CANCELLED')],
    ['declines as a guest', declinedBy('mailto:Ilinca')],
    ['declines as a guest whom the calendar knows by an address of its own', declinedBy('/ilinca/')],
  ])('gives the place back when the person %s', async (_name, change) => {
    const { person, first, edit } = await aGoer(1);
    await edit(first, change);
    await actions.sync(person);
    expect((await actions.place(first, person)).status).toBe('CANCELLED');
  });

  it('keeps the place when another guest of the entry declines', async () => {
    const { person, first, edit } = await aGoer(1);
    await edit(first, declinedBy('mailto:a-friend@example.org'));
    await actions.sync(person);
    expect((await actions.place(first, person)).status).toBe('CONFIRMED');
  });

  it('puts right what was moved, and leaves alone what the person added', async () => {
    const { person, first, read, edit } = await aGoer(1);
    const alarm =
      'BEGIN:VALARM\r\nACTION:DISPLAY\r\nDESCRIPTION:x\r\nTRIGGER:-PT1H\r\nEND:VALARM\r\nEND:VEVENT';
    await edit(first, (text) => text.replace('END:VEVENT', alarm));
    await actions.sync(person);
    const { text } = await read(first);
    expect(text).toContain('VALARM');
    const start = /DTSTART;TZID[^\r\n]*/.exec(text)![0];
    await edit(first, (known) => known.replace(start, start.replace(/T\d{6}/, 'T010101')));
    await actions.sync(person);
    expect((await read(first)).text).toContain(start);
  });

  it('is read anew when its sync token has expired: what is missing then was removed', async () => {
    const { person, going, first, remove } = await aGoer(3);
    await remove(first);
    const unknown = `http://radicale.org/ns/sync/${'0'.repeat(64)}`;
    await events.db.calendarConnection.updateMany({
      where: { userId: person.id },
      data: { syncToken: unknown },
    });
    const { failures, syncToken } = await actions.sync(person);
    expect(failures).toBe(0);
    expect(syncToken).not.toBe(unknown);
    const entries = await events.db.syncedEntry.findMany({ where: { connection: { userId: person.id } } });
    expect(entries.filter(({ hiddenAt }) => hiddenAt).map(({ eventId }) => eventId)).toEqual([first.id]);
    expect(entries).toHaveLength(going.length);
  });

  it('tells what others did, and not what we wrote ourselves', async () => {
    const { calendarRef } = await aGoer(0);
    const remote = openCalDavCalendar({ serverUrl: radicale.url, ...account }, calendarRef, fetch);
    const { token } = await remote.changes(null, new Map());
    const entry = entryOf(await events.given.event());
    const written = await remote.put(entry, null);
    const again = await remote.put({ ...entry, title: 'Renamed' }, written);
    const known = new Map([[again.remoteId, again.etag]]);
    for (const since of [token, null]) expect((await remote.changes(since, known)).changes).toEqual([]);
    const stale = new Map([[again.remoteId, written.etag]]);
    for (const since of [token, null])
      expect((await remote.changes(since, stale)).changes).toMatchObject([
        { kind: 'CHANGED', etag: again.etag },
      ]);
  });

  it('has an entry once, after an attempt that was cut short', async () => {
    const { person, first, read } = await aGoer(1);
    await events.db.syncedEntry.deleteMany({ where: { connection: { userId: person.id } } });
    expect((await actions.sync(person)).failures).toBe(0);
    const [entry] = await events.db.syncedEntry.findMany({ where: { connection: { userId: person.id } } });
    expect(entry).toMatchObject({ eventId: first.id, etag: (await read(first)).etag });
  });

  it('ends when the person has removed it', async () => {
    const { person, calendarRef } = await aGoer(1);
    await radicale.request(calendarRef, 'DELETE');
    expect(await actions.sync(person)).toMatchObject({
      status: 'DISCONNECTED',
      disconnection: 'CALENDAR_REMOVED',
    });
  });

  it('ends after the third refusal in a row', async () => {
    const { person } = await aGoer(1);
    await radicale.setPassword('changed');
    const states: string[] = [];
    for (let time = 0; time < 3; time++) states.push((await actions.sync(person)).status);
    await radicale.setPassword(account.password);
    expect(states).toEqual(['ACTIVE', 'ACTIVE', 'DISCONNECTED']);
  });
});
