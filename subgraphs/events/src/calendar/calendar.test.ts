import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { personalDataOf, serve } from '@diaspora/kit/testing';
import ICAL from 'ical.js';
import { givenEvents, hourMs } from '../testing/given.js';
import { testConfig } from '../testing/config.js';
import { feedReadsPerHour } from './rules.js';

let events: Awaited<ReturnType<typeof givenEvents>>;
let server: Awaited<ReturnType<typeof serve>>;
beforeAll(async () => {
  events = await givenEvents();
  server = await serve(events.subgraph);
});
afterAll(async () => {
  await server.close();
  await events.stop();
});

type Person = ReturnType<typeof events.given.person>;

/** The path of an address, on the server of this test. */
const get = (url: string, headers: Record<string, string> = {}) =>
  fetch(server.url + new URL(url, 'https://events.example').pathname, { headers });

const entriesOf = async (response: Response) =>
  new ICAL.Component(ICAL.parse(await response.text()) as never)
    .getAllSubcomponents('vevent')
    .map((event) => {
      const value = (name: string) => event.getFirstPropertyValue(name);
      const [uid, title] = [value('uid') as string, value('summary') as string];
      return { id: uid.split('@')[0], title, status: value('status') as string, url: value('url') };
    })
    .sort((one, other) => (one.title < other.title ? -1 : 1));

const renew = async (person: Person): Promise<string> => {
  const query = 'mutation { renewCalendarFeed { url feed { lastReadAt } userErrors { code } } }';
  return (await events.as(person.viewer).execute(query)).data.renewCalendarFeed.url;
};
const revoke = (person: Person) =>
  events.as(person.viewer).execute('mutation { revokeCalendarFeed { userErrors { code } } }');

describe('the file of an event', () => {
  it.each([
    ['public', { visibility: 'PUBLIC' }, 200],
    ['unlisted', { visibility: 'UNLISTED' }, 200],
    ['called off', { visibility: 'PUBLIC', status: 'CANCELLED' }, 200],
    ['for members', { visibility: 'MEMBERS' }, 404],
    ['private', { visibility: 'PRIVATE' }, 404],
    ['a draft', { status: 'DRAFT' }, 404],
  ] as const)('of one that is %s', async (_name, state, status) => {
    const event = await events.given.event({ ...state, onlineUrl: 'https://meet.example/x' });
    const response = await get(`/calendar/events/${event.publicId}.ics`);
    expect(response.status).toBe(status);
    const text = await response.text();
    expect(text).not.toContain('meet.example');
    expect(text.includes(event.title)).toBe(status === 200);
  });

  it('answers 304 to whoever has it, and anew once the event has changed', async () => {
    const event = await events.given.event();
    const path = `/calendar/events/${event.publicId}.ics`;
    const first = await get(path);
    expect(first.headers.get('content-type')).toBe('text/calendar; charset=utf-8');
    const known = { 'if-none-match': first.headers.get('etag')! };
    expect((await get(path, known)).status).toBe(304);
    await events.db.event.update({ where: { id: event.id }, data: { title: 'Moved', version: 2 } });
    expect((await get(path, known)).status).toBe(200);
  });

  it.each(['evt_nonsense', 'usr_01h455vb4pex5vsknk084sn02q', 'evt_01h455vb4pex5vsknk084sn02q', '%E0%A4%A'])(
    'is not there for %s',
    async (id) => {
      expect([400, 404]).toContain((await fetch(`${server.url}/calendar/events/${id}.ics`)).status);
    },
  );
});

describe('the calendar entry of an event', () => {
  const query = 'query ($id: ID!) { event(id: $id) { calendarEntry { ics url googleUrl } } }';
  it('has the link for those who go there, and an address where everybody may see the event', async () => {
    const [goer, stranger] = [events.given.person(), events.given.person()];
    const link = { onlineUrl: 'https://meet.example/secret' };
    const event = await events.given.event(link);
    const forMembers = await events.given.event({ ...link, visibility: 'MEMBERS' });
    await events.given.registration(event, goer.id);
    const entry = async (client: typeof events.anonymous, { publicId }: { publicId: string }) =>
      (await client.execute(query, { id: publicId })).data.event?.calendarEntry;
    expect((await entry(events.as(goer.viewer), event)).ics).toContain('meet.example/secret');
    for (const client of [events.anonymous, events.as(stranger.viewer)]) {
      const { ics, url, googleUrl } = await entry(client, event);
      expect(ics).not.toContain('secret');
      expect(url).toBe(`https://events.example/calendar/events/${event.publicId}.ics`);
      expect(new URL(googleUrl).searchParams.get('text')).toBe(event.title);
    }
    expect((await entry(events.as(stranger.viewer), forMembers)).url).toBeNull();
    expect(await entry(events.anonymous, forMembers)).toBeUndefined();
  });
});

describe('a calendar feed', () => {
  it('strikes out an event that became private after its person had only shown interest, and says no more of it', async () => {
    const { given, db } = events;
    const person = given.person();
    const event = await given.event({ title: 'Open evening' });
    await given.registration(event, person.id);
    await db.registration.updateMany({
      where: { eventId: event.id, userId: person.id },
      data: { status: 'INTERESTED', places: 0 },
    });
    const url = await renew(person);
    expect(await entriesOf(await get(url))).toMatchObject([{ title: 'Open evening', status: 'TENTATIVE' }]);
    const hidden = { visibility: 'PRIVATE', title: 'Secret evening', address: 'Secret street 1' } as const;
    await db.event.update({ where: { id: event.id }, data: hidden });
    const response = await get(url);
    expect(await response.clone().text()).not.toContain('Secret');
    expect(await entriesOf(response)).toMatchObject([{ title: 'Cancelled', status: 'CANCELLED' }]);
  });

  it('shows what its person organizes and goes to, and what was called off or left struck out', async () => {
    const { given, db, clock } = events;
    const person = given.person();
    const organized = await given.event({
      organizerId: person.id,
      title: 'A own',
      onlineUrl: 'https://meet.example/a',
    });
    const going = await given.event({
      title: 'B going',
      visibility: 'PRIVATE',
      onlineUrl: 'https://meet.example/b',
    });
    const left = await given.event({ title: 'C left', onlineUrl: 'https://meet.example/c' });
    const secret = await given.event({ title: 'D secret', visibility: 'PRIVATE' });
    const calledOff = await given.event({ title: 'E off', status: 'CANCELLED' });
    const long = await given.event({ startsAt: new Date('2026-01-01T10:00:00Z'), title: 'F long ago' });
    await given.event({ organizerId: person.id, status: 'DRAFT', title: 'G draft' });
    await given.event({ title: 'H of others' });
    for (const event of [going, calledOff, long]) await given.registration(event, person.id);
    for (const event of [left, secret]) await given.registration(event, person.id, 'CANCELLED');
    const response = await get(await renew(person));
    expect(response.headers.get('cache-control')).toBe('private, no-cache');
    expect(await entriesOf(response)).toEqual([
      { id: organized.publicId, title: 'A own', status: 'CONFIRMED', url: 'https://meet.example/a' },
      { id: going.publicId, title: 'B going', status: 'CONFIRMED', url: 'https://meet.example/b' },
      { id: left.publicId, title: 'C left', status: 'CANCELLED', url: null },
      { id: secret.publicId, title: 'Cancelled', status: 'CANCELLED', url: null },
      { id: calledOff.publicId, title: 'E off', status: 'CANCELLED', url: null },
    ]);
    const { data } = await events.as(person.viewer).execute('{ calendarFeed { createdAt lastReadAt } }');
    const now = clock.now().toISOString();
    expect(data.calendarFeed).toEqual({ createdAt: now, lastReadAt: now });
    const [stored] = await db.calendarFeed.findMany({ where: { userId: person.id } });
    expect(stored!.tokenHash).toHaveLength(32);
  });

  it('has one address at a time, which can be taken away', async () => {
    const person = events.given.person();
    const first = await renew(person);
    const etag = (await get(first)).headers.get('etag')!;
    expect((await get(first, { 'if-none-match': etag })).status).toBe(304);
    const second = await renew(person);
    expect((await get(first, { 'if-none-match': etag })).status).toBe(404);
    expect((await get(second)).status).toBe(200);
    await revoke(person);
    expect((await get(second)).status).toBe(404);
    expect((await revoke(person)).data.revokeCalendarFeed.userErrors).toEqual([]);
    const { data } = await events.as(person.viewer).execute('{ calendarFeed { createdAt } }');
    expect(data.calendarFeed).toBeNull();
  });

  it('is read so many times an hour, by how many at once ever', async () => {
    const url = await renew(events.given.person());
    const answers = await Promise.all(Array.from({ length: feedReadsPerHour + 5 }, () => get(url)));
    const refused = answers.filter(({ status }) => status === 429);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(feedReadsPerHour);
    expect(refused).toHaveLength(5);
    expect(refused[0]!.headers.get('retry-after')).toBe('3600');
    events.clock.advance(hourMs);
    expect((await get(url)).status).toBe(200);
  });

  it('is no way to ask without end: one address has so many requests a minute, another is none the worse', async () => {
    const { publicId } = await events.given.event();
    const ask = (address: string) =>
      fetch(`${server.url}/calendar/events/${publicId}.ics`, { headers: { 'x-forwarded-for': address } });
    const limit = testConfig.ADDRESS_REQUESTS_PER_MINUTE;
    const answers = await Promise.all(Array.from({ length: limit + 3 }, () => ask('203.0.113.9')));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(limit);
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(3);
    expect(Number(refused[0]!.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await ask('203.0.113.10')).status).toBe(200);
  });

  it('is nobody’s but the person’s: visitors, programs and impersonators are refused', async () => {
    const person = events.given.person();
    await renew(person);
    const impersonator = { ...person.viewer, impersonatorId: events.given.person().id };
    const program = { ...person.viewer, kind: 'service' as const };
    const documents = [
      '{ calendarFeed { createdAt } }',
      'mutation { renewCalendarFeed { url } }',
      'mutation { revokeCalendarFeed { userErrors { code } } }',
    ];
    for (const document of documents) {
      expect((await events.anonymous.execute(document)).codes).toEqual(['UNAUTHENTICATED']);
      for (const viewer of [impersonator, program])
        expect((await events.as(viewer).execute(document)).codes).toEqual(['FORBIDDEN']);
      const stranger = events.given.person();
      expect((await events.as(stranger.viewer).execute(document)).codes).toEqual([]);
    }
    expect(await events.db.calendarFeed.count({ where: { userId: person.id } })).toBe(1);
  });

  it('ends with its person', async () => {
    const person = events.given.person();
    const url = await renew(person);
    await personalDataOf(events.subgraph.jobs!, events.privateStore).erase(person.id);
    expect((await get(url)).status).toBe(404);
    expect(await events.db.calendarFeed.count({ where: { userId: person.id } })).toBe(0);
  });
});
