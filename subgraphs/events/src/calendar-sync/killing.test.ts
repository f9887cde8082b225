import { fork } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testConfig } from '../testing/config.js';
import { dayMs, givenEvents } from '../testing/given.js';
import type { ProviderSettings } from './index.js';
import { calendarActions } from './testing/given-calendars.js';
import { startGoogle } from './testing/google.js';
import { startProxy } from './testing/proxy.js';
import { hasRadicale, startRadicale } from './testing/radicale.js';
import type { SyncPlan } from './testing/sync-process.js';

type Events = Awaited<ReturnType<typeof givenEvents>>;
type Person = ReturnType<Events['given']['person']>;
type Actions = ReturnType<typeof calendarActions>;

/** A server of calendars as people see it, reached through a proxy. */
interface Elsewhere {
  readonly url: string;
  readonly google: (proxyUrl: string) => ProviderSettings['google'];
  readonly methods: Readonly<Record<'write' | 'remove' | 'read', string>>;
  connect(actions: Actions, person: Person, proxyUrl: string): Promise<{ connection: { id: string } }>;
  shown(calendarRef: string): Promise<string[]>;
  decline(calendarRef: string, event: { id: string; publicId: string }): Promise<void>;
  stop(): Promise<unknown>;
}

async function atGoogle(): Promise<Elsewhere> {
  const google = await startGoogle({ clientId: 'an-id', clientSecret: 'a-secret' });
  const redirectUri = 'https://app.example/calendar';
  return {
    url: google.settings.apiUrl,
    google: (apiUrl) => ({ ...google.settings, apiUrl, oauthUrl: `${apiUrl}/oauth` }),
    methods: { write: 'POST', remove: 'DELETE', read: 'GET' },
    connect: async ({ mutate }, person) => {
      const begun = await mutate(person, 'beginGoogleCalendar', { redirectUri }, 'authorizationUrl');
      const callbackUrl = google.consent(begun.authorizationUrl as string);
      return mutate(person, 'completeGoogleCalendar', { callbackUrl });
    },
    shown: async (calendarRef) =>
      [...google.calendars.get(calendarRef)!.events.values()].flatMap(({ status, summary }) =>
        status === 'confirmed' ? [summary as string] : [],
      ),
    decline: async (calendarRef, { id }) =>
      google.edit(calendarRef, id.replaceAll('-', ''), {
        attendees: [{ self: true, responseStatus: 'declined' }],
      }),
    stop: google.stop,
  };
}

async function atRadicale(): Promise<Elsewhere> {
  const account = { username: 'ilinca', password: 'a-password-for-this-app' };
  const radicale = await startRadicale(account);
  const read = async (url: string) => (await radicale.request(url, 'GET')).text();
  return {
    url: radicale.url,
    google: () => null,
    methods: { write: 'PUT', remove: 'DELETE', read: 'REPORT' },
    connect: ({ mutate }, person, serverUrl) =>
      mutate(person, 'connectCalDavCalendar', { serverUrl, ...account }),
    shown: async (calendarRef) =>
      [...(await read(calendarRef)).matchAll(/^SUMMARY:(.*?)\r?$/gm)].map(([, title]) => title!),
    decline: async (calendarRef, { publicId }) => {
      const url = `${calendarRef}${publicId}.ics`;
      const declined = (await read(url)).replace(
        'STATUS:',
        'ATTENDEE;PARTSTAT=DECLINED:mailto:ilinca\r\nSTATUS:',
      );
      await radicale.request(url, 'PUT', declined, { 'content-type': 'text/calendar' });
    },
    stop: radicale.stop,
  };
}

const servers: [string, () => Promise<Elsewhere>][] = [['Google', atGoogle]];
// CI installs it; elsewhere `apt-get install radicale` does.
if (hasRadicale || process.env['CI'] !== undefined) servers.push(['radicale', atRadicale]);

describe.each(servers)('a calendar at %s, whose service is killed before an answer comes', (_name, start) => {
  let elsewhere: Elsewhere;
  let proxy: Awaited<ReturnType<typeof startProxy>>;
  let calendars: ProviderSettings;
  let events: Events;
  let actions: Actions;
  beforeAll(async () => {
    elsewhere = await start();
    proxy = await startProxy(elsewhere.url);
    calendars = {
      ...{ sealingSecret: testConfig.SEALING_SECRET, google: elsewhere.google(proxy.url) },
      ...{ redirectUris: ['https://app.example/calendar'], isCalDavOpen: true },
    };
    events = await givenEvents({ calendars });
    actions = calendarActions(events);
  });
  afterAll(async () => {
    await events.stop();
    await proxy.stop();
    await elsewhere.stop();
  });

  /** A person who goes to three events, with a connected calendar. */
  async function aGoer() {
    const person = actions.subscriber();
    const startsAt = new Date(events.clock.now().getTime() + 7 * dayMs);
    const going = await Promise.all(
      [1, 2, 3].map(() => events.given.event({ registeredCount: 1, startsAt })),
    );
    for (const event of going) await events.given.registration(event, person.id);
    const { connection } = await elsewhere.connect(actions, person, `${proxy.url}/`);
    await actions.bothWays(person, connection.id);
    const { id: connectionId, calendarRef } = await events.db.calendarConnection.findFirstOrThrow({
      where: { userId: person.id },
    });
    return { person, going, first: going[0]!, connectionId, calendarRef };
  }

  /** Synchronises in a process of its own, which is gone when the server has done what it was asked. */
  async function killed(connectionId: string, method: string): Promise<void> {
    const done = proxy.lose(method);
    const plan: SyncPlan = {
      ...{ url: events.database.url, connectionId, calendars },
      now: events.clock.now().toISOString(),
    };
    const module = new URL('./testing/sync-process.ts', import.meta.url);
    const child = fork(module, [JSON.stringify(plan)], { execArgv: ['--import', 'tsx'], stdio: 'inherit' });
    const gone = once(child, 'exit');
    await Promise.race([done, gone]);
    child.kill('SIGKILL');
    const [, signal] = (await gone) as [number | null, NodeJS.Signals | null];
    proxy.heal();
    expect(signal).toBe('SIGKILL');
  }

  /** The next run puts everything right, and the one after that finds nothing to do. */
  async function recovered({ person }: Pick<Awaited<ReturnType<typeof aGoer>>, 'person'>): Promise<void> {
    expect(await actions.sync(person)).toMatchObject({ failures: 0, status: 'ACTIVE' });
    await actions.sync(person);
    proxy.writes.length = 0;
    expect(await actions.sync(person)).toMatchObject({ failures: 0 });
    expect(proxy.writes).toEqual([]);
  }
  const titles = (shown: readonly { title: string }[]) => shown.map(({ title }) => title).sort();
  const noted = (connectionId: string) => events.db.syncedEntry.count({ where: { connectionId } });

  it('has each entry once, where the first of them had been written', async () => {
    const goer = await aGoer();
    await killed(goer.connectionId, elsewhere.methods.write);
    expect([await noted(goer.connectionId), (await elsewhere.shown(goer.calendarRef)).length]).toEqual([
      0, 1,
    ]);
    await recovered(goer);
    expect((await elsewhere.shown(goer.calendarRef)).sort()).toEqual(titles(goer.going));
    expect(await noted(goer.connectionId)).toBe(3);
  }, 60_000);

  it('has lost what was left, where it had been removed, and keeps the others', async () => {
    const goer = await aGoer();
    await actions.sync(goer.person);
    await events.db.registration.updateMany({
      where: { eventId: goer.first.id, userId: goer.person.id },
      data: { status: 'CANCELLED', cancelledAt: events.clock.now(), places: 0 },
    });
    await killed(goer.connectionId, elsewhere.methods.remove);
    expect(await noted(goer.connectionId)).toBe(3);
    await recovered(goer);
    expect((await elsewhere.shown(goer.calendarRef)).sort()).toEqual(titles(goer.going.slice(1)));
    expect(await noted(goer.connectionId)).toBe(2);
  }, 60_000);

  it('still gives back the place that the person declined there, once, where that had been read', async () => {
    const goer = await aGoer();
    await actions.sync(goer.person);
    await elsewhere.decline(goer.calendarRef, goer.first);
    await killed(goer.connectionId, elsewhere.methods.read);
    expect((await actions.place(goer.first, goer.person)).status).toBe('CONFIRMED');
    await recovered(goer);
    expect((await actions.place(goer.first, goer.person)).status).toBe('CANCELLED');
    const told = (await events.published(goer.first.publicId)).map(({ type }) => type);
    expect(told).toEqual(['registration.cancelled']);
    expect(await noted(goer.connectionId)).toBe(2);
  }, 60_000);
});
