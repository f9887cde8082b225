import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { givenEvents, hourMs } from '../testing/given.js';
import { entryOf } from '../calendar/index.js';
import { createGoogle } from './google.js';
import { hashOf } from './rules.js';
import { calendarActions } from './testing/given-calendars.js';
import { startGoogle, type FakeGoogle } from './testing/google.js';

type Events = Awaited<ReturnType<typeof givenEvents>>;
let google: FakeGoogle;
let events: Events;
let actions: ReturnType<typeof calendarActions>;
beforeAll(async () => {
  google = await startGoogle({ clientId: 'an-id', clientSecret: 'a-secret' });
  events = await givenEvents({ calendars: { google: google.settings } });
  actions = calendarActions(events);
});
beforeEach(() => {
  google.requests.length = 0;
  google.fail(undefined);
});
afterAll(async () => {
  await events.stop();
  await google.stop();
});

type Person = ReturnType<Events['given']['person']>;
const redirectUri = 'https://app.example/calendar';

async function begin(person: Person): Promise<string> {
  const { authorizationUrl } = await actions.mutate(
    person,
    'beginGoogleCalendar',
    { redirectUri },
    'authorizationUrl',
  );
  return google.consent(authorizationUrl as string);
}
const complete = (person: Person, callbackUrl: string) =>
  actions.mutate(person, 'completeGoogleCalendar', { callbackUrl });

async function connect(person: Person, isBothWays = false) {
  const { connection } = await complete(person, await begin(person));
  if (isBothWays) await actions.bothWays(person, connection.id as string);
  const { calendarRef } = await events.db.calendarConnection.findFirstOrThrow({
    where: { userId: person.id },
  });
  const shown = () => [...google.calendars.get(calendarRef)!.events.values()];
  const of = (event: { id: string }) => shown().find(({ id }) => id === event.id.replaceAll('-', ''))!;
  return { calendarRef, shown, of, id: connection.id as string };
}

/** A person who goes to so many events, with a connected calendar that is in step. */
async function aGoer(count: number, isBothWays = true) {
  const person = actions.subscriber();
  const going = await Promise.all(
    Array.from({ length: count }, () => events.given.event({ registeredCount: 1 })),
  );
  for (const event of going) await events.given.registration(event, person.id);
  const calendar = await connect(person, isBothWays);
  await actions.sync(person);
  google.requests.length = 0;
  return { person, going, first: going[0]!, calendar };
}

const startOf = ({ startsAt }: { startsAt: Date }) => ({
  dateTime: startsAt.toISOString().slice(0, 19),
  timeZone: 'UTC',
});

const writes = () => google.requests.filter((request) => !request.startsWith('GET'));

describe('the consent to Google Calendar', () => {
  it('makes a calendar, keeps its token sealed, and is good once and for its person', async () => {
    const [person, other] = [events.given.person(), events.given.person()];
    const callbackUrl = await begin(person);
    expect((await complete(other, callbackUrl)).refusal).toBe('CALENDAR_REFUSED');
    const { connection } = await complete(person, callbackUrl);
    expect(connection).toMatchObject({ status: 'ACTIVE', direction: 'TO_CALENDAR' });
    expect((await complete(person, callbackUrl)).refusal).toBe('CALENDAR_REFUSED');
    const [row] = await events.db.calendarConnection.findMany({ where: { userId: person.id } });
    for (const token of google.refreshTokens) expect(row!.sealedCredentials).not.toContain(token);
  });

  it('asks for calendars of our own only, with PKCE, and sends nobody elsewhere', async () => {
    const person = events.given.person();
    const { authorizationUrl } = await actions.mutate(
      person,
      'beginGoogleCalendar',
      { redirectUri },
      'authorizationUrl',
    );
    const { searchParams } = new URL(authorizationUrl as string);
    expect(searchParams.get('scope')).toBe('https://www.googleapis.com/auth/calendar.app.created');
    expect(searchParams.get('code_challenge_method')).toBe('S256');
    const elsewhere = { redirectUri: 'https://evil.example/' };
    expect((await actions.mutate(person, 'beginGoogleCalendar', elsewhere, 'authorizationUrl')).refusal).toBe(
      'INVALID_INPUT',
    );
  });

  it('takes a quarter of an hour at most, and is worth nothing with another code', async () => {
    const person = events.given.person();
    const late = await begin(person);
    events.clock.advance(hourMs / 4);
    expect((await complete(person, late)).refusal).toBe('CALENDAR_REFUSED');
    const forged = new URL(await begin(person));
    forged.searchParams.set('code', 'another');
    expect((await complete(person, forged.href)).refusal).toBe('CALENDAR_REFUSED');
    expect((await complete(person, `${redirectUri}?error=access_denied`)).refusal).toBe('INVALID_INPUT');
    expect(await events.db.calendarConnection.count({ where: { userId: person.id } })).toBe(0);
  });

  it('is given back when the person disconnects', async () => {
    const { person, calendar } = await aGoer(1);
    const before = google.refreshTokens.size;
    expect(
      (await actions.mutate(events.given.person(), 'disconnectCalendar', { connectionId: calendar.id }, ''))
        .refusal,
    ).toBe('NOT_FOUND');
    expect(
      (await actions.mutate(person, 'disconnectCalendar', { connectionId: calendar.id }, '')).refusal,
    ).toBeUndefined();
    expect(google.refreshTokens.size).toBe(before - 1);
    expect(await events.db.syncedEntry.count({ where: { connection: { userId: person.id } } })).toBe(0);
    expect(calendar.shown()).toHaveLength(1);
  });
});

describe('a connected Google calendar', () => {
  it('shows what the person goes to, follows changes, and loses what is left or called off', async () => {
    const { person, going, calendar } = await aGoer(3, false);
    const [kept, left, calledOff] = going as [(typeof going)[0], (typeof going)[0], (typeof going)[0]];
    expect(calendar.of(kept)).toMatchObject({
      summary: kept.title,
      start: startOf(kept),
      status: 'confirmed',
    });
    await actions.sync(person);
    expect(google.requests).toEqual([]);
    await events.db.event.update({ where: { id: kept.id }, data: { title: 'Renamed', version: 2 } });
    await events.db.event.update({
      where: { id: calledOff.id },
      data: { status: 'CANCELLED', cancelledAt: events.clock.now() },
    });
    await events.db.registration.updateMany({
      where: { eventId: left.id, userId: person.id },
      data: { status: 'CANCELLED', cancelledAt: events.clock.now(), places: 0 },
    });
    await actions.sync(person);
    expect(calendar.of(kept).summary).toBe('Renamed');
    expect([left, calledOff].map((event) => calendar.of(event).status)).toEqual(['cancelled', 'cancelled']);
    expect(writes()).toHaveLength(3);
  });

  it('does not take its own writes for changes', async () => {
    const { person, first, calendar } = await aGoer(2);
    await events.db.event.update({ where: { id: first.id }, data: { title: 'Renamed', version: 2 } });
    await actions.sync(person);
    google.requests.length = 0;
    for (let time = 0; time < 3; time++) await actions.sync(person);
    expect(writes()).toEqual([]);
    expect(await actions.hidden(person)).toBe(0);
    expect(calendar.of(first).summary).toBe('Renamed');
  });

  it('hides what the person removes there, without giving the place back, until the person wants it again', async () => {
    const { person, first, calendar } = await aGoer(2);
    google.edit(calendar.calendarRef, calendar.of(first).id, { status: 'cancelled' });
    await actions.sync(person);
    await events.db.event.update({ where: { id: first.id }, data: { title: 'Renamed', version: 2 } });
    await actions.sync(person);
    expect(calendar.of(first).status).toBe('cancelled');
    expect((await actions.place(first, person)).status).toBe('CONFIRMED');
    expect(await actions.hidden(person)).toBe(1);
    await actions.mutate(person, 'showInCalendars', { eventId: first.publicId }, 'connections { id }');
    await actions.sync(person);
    expect(calendar.of(first)).toMatchObject({ status: 'confirmed', summary: 'Renamed' });
  });

  it('gives the place back when the person declines there', async () => {
    const { person, first, calendar } = await aGoer(1);
    const declined = { attendees: [{ self: true, responseStatus: 'declined' }] };
    google.edit(calendar.calendarRef, calendar.of(first).id, declined);
    await actions.sync(person);
    expect((await actions.place(first, person)).status).toBe('CANCELLED');
    const [message] = (await events.published(first.publicId)).slice(-1);
    expect(message!.type).toBe('registration.cancelled');
    await actions.sync(person);
    expect(await events.db.syncedEntry.count({ where: { eventId: first.id } })).toBe(0);
  });

  it('puts right what was moved there, and leaves alone what the person added', async () => {
    const { person, first, calendar } = await aGoer(2);
    const { id } = calendar.of(first);
    google.edit(calendar.calendarRef, id, { colorId: '7' });
    await actions.sync(person);
    expect(writes()).toEqual([]);
    google.edit(calendar.calendarRef, id, { start: { dateTime: '2026-06-09T12:00:00Z' } });
    await actions.sync(person);
    expect(calendar.of(first)).toMatchObject({
      colorId: '7',
      start: startOf(first),
    });
  });

  it('is read in pages, and anew when its sync token has expired: what is missing then was removed', async () => {
    const { person, first, going, calendar } = await aGoer(5);
    google.setPageSize(2);
    await actions.sync(person);
    google.edit(calendar.calendarRef, calendar.of(first).id, { status: 'cancelled' });
    google.expireSyncTokens();
    await actions.sync(person);
    const hidden = await events.db.syncedEntry.findMany({
      where: { hiddenAt: { not: null }, connection: { userId: person.id } },
    });
    expect(hidden.map(({ eventId }) => eventId)).toEqual([first.id]);
    expect(calendar.shown()).toHaveLength(going.length - 1);
    expect(writes()).toEqual([]);
    google.setPageSize(250);
  });

  it('is not read, and not written to twice, after an attempt that was cut short', async () => {
    const { person, first, calendar } = await aGoer(2);
    // Written there, and killed before it was noted here.
    await events.db.syncedEntry.deleteMany({ where: { connection: { userId: person.id } } });
    await actions.sync(person);
    expect(calendar.shown().filter(({ status }) => status === 'confirmed')).toHaveLength(2);
    google.requests.length = 0;
    await actions.sync(person);
    expect(writes()).toEqual([]);
    expect(await actions.hidden(person)).toBe(0);
    expect(calendar.of(first).status).toBe('confirmed');
  });

  it('writes over what changed between reading and writing', async () => {
    const { person, first, calendar } = await aGoer(1, false);
    google.edit(calendar.calendarRef, calendar.of(first).id, { summary: 'Mine' });
    await events.db.event.update({ where: { id: first.id }, data: { title: 'Renamed', version: 2 } });
    await actions.sync(person);
    expect(calendar.of(first).summary).toBe('Renamed');
    expect(google.requests.map((request) => request.split(' ')[0])).toEqual(['PATCH', 'GET', 'PATCH']);
  });
});

describe('changes that are read', () => {
  it('are what others did, and not what we wrote ourselves', async () => {
    const api = createGoogle(google.settings);
    const callbackUrl = google.consent(api.authorizationUrl(redirectUri, 'state', hashOf('verifier')));
    const token = await api.redeem(new URL(callbackUrl).searchParams.get('code')!, redirectUri, 'verifier');
    const calendarId = await api.createCalendar(token, 'Mine');
    const remote = api.open(token, calendarId, new AbortController().signal);
    const { token: start } = await remote.changes(null, new Map());
    const entry = entryOf(await events.given.event());
    const written = await remote.put(entry, null);
    const again = await remote.put({ ...entry, title: 'Renamed' }, written);
    const known = new Map([[again.remoteId, again.etag]]);
    for (const since of [start, null]) expect((await remote.changes(since, known)).changes).toEqual([]);
    google.edit(calendarId, again.remoteId, { colorId: '7' });
    for (const since of [start, null])
      expect((await remote.changes(since, known)).changes).toMatchObject([{ kind: 'CHANGED' }]);
  });
});

describe('a calendar that cannot be reached', () => {
  it('is tried again later and later, and is no reason to end', async () => {
    const { person, first } = await aGoer(1);
    google.fail(503);
    const waits: number[] = [];
    for (let time = 0; time < 5; time++) {
      const { nextSyncAt, status } = await actions.sync(person);
      waits.push(Math.round((nextSyncAt.getTime() - events.clock.now().getTime()) / 60_000));
      expect(status).toBe('ACTIVE');
    }
    expect(waits).toEqual([1, 2, 4, 8, 16]);
    google.fail(undefined);
    await events.db.event.update({ where: { id: first.id }, data: { title: 'Renamed', version: 2 } });
    expect(await actions.sync(person)).toMatchObject({
      failures: 0,
      refusals: 0,
      lastSyncedAt: events.clock.now(),
    });
  });

  it('ends after the third refusal in a row, forgets what opened it and tells', async () => {
    const { person } = await aGoer(1);
    google.revokeAccess();
    const states = [];
    for (let time = 0; time < 4; time++) states.push((await actions.sync(person)).status);
    expect(states).toEqual(['ACTIVE', 'ACTIVE', 'DISCONNECTED', 'DISCONNECTED']);
    const [row] = await events.db.calendarConnection.findMany({ where: { userId: person.id } });
    expect(row).toMatchObject({ sealedCredentials: null, disconnection: 'ACCESS_REFUSED' });
    const told = await events.published(person.publicId);
    expect(told.map(({ type, data }) => [type, data['reason']])).toEqual([
      ['calendar.disconnected', 'ACCESS_REFUSED'],
    ]);
  });

  it('ends when the person has removed it', async () => {
    const { person, calendar } = await aGoer(1);
    google.calendars.delete(calendar.calendarRef);
    expect(await actions.sync(person)).toMatchObject({
      status: 'DISCONNECTED',
      disconnection: 'CALENDAR_REMOVED',
    });
  });
});
