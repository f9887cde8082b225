import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPool } from '@diaspora/kit';
import { silentLog, tracesOf } from '@diaspora/kit/testing';
import { strFromU8, unzipSync } from 'fflate';
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';
import {
  appointAmbassador,
  comment,
  eventually,
  idOf,
  like,
  post,
  publishEvent,
  register,
  subscribeToPremium,
  uploadPhoto,
  writeTo,
} from '../actions.js';
import { createClient, signIn, signUp, type Client, type Person } from '../client.js';
import { demoSuperUserEmail, environmentsOf } from '../environments.js';
import { startInfrastructure, type Infrastructure } from '../infrastructure.js';
import { startProcess, type RunningProcess } from '../processes.js';
import { silentProgress } from '../progress.js';
import { startServices } from '../services.js';
import { subgraphNames, type Settings } from '../settings.js';
import { killAtWork } from './killing.js';
import { freshSettings } from './running.js';

/** What nobody but the leaver says, and what they are called. */
const words = ['Zamfir', 'ilinca@leaving.example', 'barometers'];

const person = (name: string, email: string): Person => ({
  email,
  password: `a good password of ${name}`,
  displayName: name,
  countryOfOrigin: 'RO',
  countryOfResidence: 'DE',
  city: 'Berlin',
  languages: ['en'],
});
const people = {
  root: person('Root', demoSuperUserEmail),
  leaver: person('Ilinca Zamfir', 'ilinca@leaving.example'),
  friend: person('Mihai', 'mihai@leaving-not.example'),
};
type Who = keyof typeof people;

/** The words of a document; throws for a file that is none. */
async function textOfPdf(file: string): Promise<string> {
  const document = await getDocument({ data: new Uint8Array(await readFile(file)), verbosity: 0 }).promise;
  const pages = Array.from({ length: document.numPages }, async (_, index) => {
    const content = await (await document.getPage(index + 1)).getTextContent();
    return content.items.map((item) => ('str' in item ? item.str : '')).join('');
  });
  return (await Promise.all(pages)).join('\n');
}

/** A client that does as it is told when the router is busy: tries again. */
const patient = (client: Client): Client => ({
  ...client,
  must: (operation, variables) =>
    eventually(
      () =>
        client.must(operation, variables).catch((error: unknown) => {
          if (!String(error).includes('UNAVAILABLE')) throw error;
          return undefined;
        }),
      'the router',
    ),
});

const erasureFields =
  'id status progress { done total } parts { subgraph completedAt counts { name count } }';

/** One process for messaging, which dies in the middle of everything, and one for all others. */
describe('a person with data everywhere', () => {
  let settings: Settings;
  let infrastructure: Infrastructure;
  let messaging: RunningProcess;
  let services: Awaited<ReturnType<typeof startServices>>;
  const clients = {} as Record<Who, Client>;
  const ids = {} as Record<Who, string>;
  let leaverKey: string;
  let conversationId: string;
  let eventId: string;
  let friendsEventId: string;
  let erasureId: string;

  const startMessaging = () =>
    startProcess({
      name: 'messaging',
      entry: 'subgraphs/messaging/src/main.ts',
      env: environmentsOf(settings, infrastructure).messaging,
    });

  beforeAll(async () => {
    settings = await freshSettings();
    infrastructure = await startInfrastructure(settings, silentProgress, () => undefined);
    const others = subgraphNames.filter((name) => name !== 'messaging');
    [messaging, services] = await Promise.all([
      startMessaging(),
      startServices(environmentsOf(settings, infrastructure), silentLog, others),
    ]);
  }, 300_000);
  afterAll(async () => {
    await services.stop();
    await messaging.stop();
    await infrastructure.stop();
    await rm(settings.dataDir, { recursive: true, force: true });
  });

  async function query(database: (typeof subgraphNames)[number], sql: string, values: unknown[] = []) {
    const pool = createPool({ url: infrastructure.databaseUrls[database], max: 1 });
    try {
      return (await pool.query(sql, values)).rows as Record<string, unknown>[];
    } finally {
      await pool.end();
    }
  }

  const until = <T>(who: Who, ask: string, pick: (data: any) => T | undefined, what: string) =>
    eventually(async () => pick((await clients[who].send(ask)).data), what);

  async function killMessagingAtWork(work: () => Promise<unknown>, job: string): Promise<void> {
    await killAtWork(
      messaging,
      { databaseUrl: infrastructure.databaseUrls.messaging, table: 'messages', job },
      work,
    );
    messaging = await startMessaging();
  }

  it('has lived in all six subgraphs', async () => {
    for (const who of Object.keys(people) as Who[]) {
      clients[who] = patient(await signUp(services.url, infrastructure.mailbox, people[who]));
      ids[who] = await idOf(clients[who]);
    }
    const { leaver, friend } = clients;
    await appointAmbassador(clients.root, {
      userId: ids.leaver,
      countryCode: 'DE',
      idempotencyKey: 'office',
    });
    await leaver.refresh();
    await leaver.must(
      `mutation ($input: UpdateProfileInput!) { updateProfile(input: $input) { userErrors { message } } }`,
      { input: { expectedVersion: 1, bio: 'Collects barometers.', headline: 'A friend of barometers' } },
    );
    const event = { city: 'Berlin', countryCode: 'DE', type: 'FREE' as const };
    eventId = await publishEvent(leaver, {
      ...{ ...event, idempotencyKey: 'event', title: 'An afternoon', description: 'All about barometers.' },
    });
    friendsEventId = await publishEvent(friend, {
      ...{ ...event, idempotencyKey: 'event', title: 'An evening', description: 'Something else.' },
    });
    await register(leaver, friendsEventId);
    await register(friend, eventId);
    const mediaIds = [await uploadPhoto(leaver, 'photo')];
    const text = 'Look at these barometers! #barometers';
    await post(leaver, { idempotencyKey: 'post', text, language: 'en', mediaIds });
    const friends = await post(friend, { idempotencyKey: 'post', text: 'Good morning.', language: 'en' });
    await comment(leaver, { idempotencyKey: 'comment', postId: friends, text: 'Not without barometers.' });
    await like(leaver, friends);
    await subscribeToPremium(leaver, 'premium');
    const told = { userId: ids.friend, text: 'My barometers are in the cellar', clientMessageId: 'm1' };
    ({ conversationId } = await eventually(
      () => writeTo(leaver, told).catch(() => undefined),
      'messaging to know both',
    ));
    await writeTo(friend, { userId: ids.leaver, text: 'I know', clientMessageId: 'm1' });
    await leaver.must(
      `mutation ($id: ID!, $at: DateTime!) {
        saveDraft(input: { conversationId: $id, text: "More of barometers" }) { userErrors { message } }
        scheduleMessage(input: { conversationId: $id, clientMessageId: "s1", sendAt: $at, text: "Barometers again" }) {
          userErrors { message } } }`,
      { id: conversationId, at: new Date(Date.now() + 86_400_000) },
    );
    await until(
      'friend',
      '{ search(query: "barometers", types: [POST, PERSON, EVENT], first: 5) { totalCount } }',
      (data) => (data?.search?.totalCount >= 3 ? true : undefined),
      'the person, the post and the event in search',
    );
    await until(
      'friend',
      '{ notifications(first: 9) { nodes { type } } }',
      (data) => (data?.notifications.nodes.length >= 2 ? true : undefined),
      'the notices of the friend',
    );
    await until(
      'leaver',
      '{ viewerSubscription { status } }',
      (data) => (data?.viewerSubscription?.status === 'ACTIVE' ? true : undefined),
      'the payment',
    );
    const [row] = await query('users', `SELECT id FROM accounts WHERE email_key = $1`, [people.leaver.email]);
    leaverKey = row!['id'] as string;
    expect(leaverKey).toBeTruthy();
  }, 300_000);

  it('is given all of it, although a subgraph dies while it writes its part', async () => {
    await killMessagingAtWork(
      () =>
        clients.leaver.must(
          `mutation ($input: RequestDataExportInput!) { requestDataExport(input: $input) {
            dataExport { id } userErrors { message } } }`,
          { input: { password: people.leaver.password } },
        ),
      'exportPersonalData',
    );
    const ready: any = await until(
      'leaver',
      '{ dataExports { id status sizeBytes downloadUrl } }',
      (data) => (data?.dataExports[0].status === 'SUCCEEDED' ? data.dataExports[0] : undefined),
      'the archive',
    );
    const archive = Buffer.from(await (await fetch(ready.downloadUrl)).arrayBuffer());
    expect(archive.length).toBe(Number(ready.sizeBytes));
    const files = unzipSync(archive);
    const read = (name: string) => JSON.parse(strFromU8(files[name]!)) as any[];
    expect(read('users/profile.json')).toMatchObject([{ bio: 'Collects barometers.' }]);
    expect(read('users/offices.json')).toMatchObject([{ role: 'AMBASSADOR' }]);
    expect(read('events/events.json')).toMatchObject([{ id: eventId, description: 'All about barometers.' }]);
    expect(read('events/registrations.json')).toMatchObject([{ eventId: friendsEventId }]);
    expect(read('content/posts.json')).toMatchObject([{ text: 'Look at these barometers! #barometers' }]);
    expect(read('content/comments.json')).toMatchObject([{ text: 'Not without barometers.' }]);
    expect(read('messaging/messages.json')).toMatchObject([{ text: 'My barometers are in the cellar' }]);
    expect(read('messaging/drafts.json')).toMatchObject([{ text: 'More of barometers' }]);
    expect(read('messaging/scheduled-messages.json')).toMatchObject([{ text: 'Barometers again' }]);
    expect(read('payments/payments.json')).toMatchObject([{ status: 'CAPTURED' }]);
    expect(read('search/documents.json').map(({ kind }) => kind as string)).toEqual([
      'PERSON',
      'EVENT',
      'POST',
    ]);
    const photo = Object.keys(files).find((name) => name.startsWith('content/media/med_'))!;
    const original = await readFile(path.join(import.meta.dirname, '../assets/photo.png'));
    expect(Buffer.from(files[photo]!).equals(original)).toBe(true);
    const json = Object.keys(files).filter((name) => name.endsWith('.json'));
    expect(json.filter((name) => strFromU8(files[name]!).includes('I know'))).toEqual([]);
    const foreign = await clients.friend.send(`{ dataExport(id: "${ready.id}") { downloadUrl } }`);
    expect(foreign.data.dataExport).toBeNull();
  }, 300_000);

  it('loses nothing as long as there is time to think it over', async () => {
    const { requestErasure } = await clients.leaver.must(
      `mutation ($input: RequestErasureInput!) { requestErasure(input: $input) {
        erasure { ${erasureFields} } userErrors { message } } }`,
      { input: { password: people.leaver.password } },
    );
    erasureId = requestErasure.erasure.id as string;
    expect(requestErasure.erasure).toMatchObject({ status: 'QUEUED', progress: { done: 0, total: 6 } });
    await query('users', `SELECT graphile_worker.add_job('advanceErasures', '{}')`);
    await eventually(
      async () =>
        (await query('users', `SELECT 1 FROM graphile_worker.jobs WHERE task_identifier = 'advanceErasures'`))
          .length === 0
          ? true
          : undefined,
      'the look at erasures',
    );
    const { data } = await clients.friend.send(
      `{ user(id: "${ids.leaver}") { displayName bio isErased } conversation(id: "${conversationId}") {
        messages(first: 5) { nodes { text } } } }`,
    );
    expect(data.user).toEqual({ displayName: 'Ilinca Zamfir', bio: 'Collects barometers.', isErased: false });
    expect(data.conversation.messages.nodes).toHaveLength(2);
  });

  it('is erased from all subgraphs when it is over, although one dies in the middle', async () => {
    await query(
      'users',
      `UPDATE erasures SET ends_at = ends_at - interval '31 days', due_at = due_at - interval '31 days'`,
    );
    await killMessagingAtWork(
      () => query('users', `SELECT graphile_worker.add_job('advanceErasures', '{}')`),
      'erasePersonalData',
    );
    const report: any = await until(
      'root',
      `{ erasureStatus(id: "${erasureId}") { ${erasureFields} user { displayName isErased } } }`,
      (data) => (data?.erasureStatus.status === 'SUCCEEDED' ? data.erasureStatus : undefined),
      'the erasure',
    );
    expect(report).toMatchObject({
      progress: { done: 6, total: 6 },
      user: { displayName: 'Deleted person', isErased: true },
    });
    await eventually(
      async () =>
        (await query('users', 'SELECT 1 FROM erasures WHERE email IS NOT NULL')).length === 0
          ? true
          : undefined,
      'the last mail',
    );
    const mail = await infrastructure.mailbox.waitForMail({ to: people.leaver.email });
    expect(mail.subject).toBe('Your account was erased');
  }, 300_000);

  it('is nobody to the others any more, who keep what is theirs', async () => {
    expect((await clients.leaver.send('{ me { id } }')).status).toBe(401);
    await expect(signIn(services.url, people.leaver)).rejects.toThrow('INVALID_CREDENTIALS');
    const seen = await until(
      'friend',
      `{ event(id: "${eventId}") { status description organizer { id displayName } }
         conversation(id: "${conversationId}") { messages(first: 5) { nodes { text sender { displayName } } } }
         search(query: "barometers", types: [POST, PERSON, EVENT], first: 5) { totalCount }
         mine: event(id: "${friendsEventId}") { registeredCount } }`,
      (data) => (data?.search?.totalCount === 0 ? data : undefined),
      'the end of the search',
    );
    expect(seen).toMatchObject({
      event: {
        status: 'CANCELLED',
        description: '',
        organizer: { id: ids.leaver, displayName: 'Deleted person' },
      },
      mine: { registeredCount: 0 },
    });
    const nodes = seen.conversation.messages.nodes as {
      text: string;
      sender: { displayName: string };
    }[];
    expect(nodes).toContainEqual({ text: '', sender: { displayName: 'Deleted person' } });
    expect(nodes).toContainEqual({ text: 'I know', sender: { displayName: 'Mihai' } });
    const visitor = createClient(services.url);
    expect((await visitor.send('{ me { id } }')).data.me).toBeNull();
  });

  it('leaves no word, name or address in any database and no file in a store', async () => {
    for (const name of subgraphNames)
      expect({ [name]: await tracesOf(infrastructure.databaseUrls[name], words) }).toEqual({ [name]: {} });
    // What is left is the invoice of the plan, which names nobody any more.
    const invoice = await eventually(async () => {
      const entries = await readdir(path.join(settings.dataDir, 'objects'), {
        recursive: true,
        withFileTypes: true,
      });
      const files = entries.filter((entry) => entry.isFile());
      const texts = await Promise.all(
        files.map(({ parentPath, name }) => textOfPdf(path.join(parentPath, name))),
      );
      return texts.length === 1 && !texts[0]!.includes('Zamfir') ? texts[0] : undefined;
    }, 'the invoice without a name');
    expect(invoice).toMatch(/Premium/i);
    for (const word of words) expect(invoice).not.toContain(word);
  });

  it('leaves its key only where others need it, which leads to nobody, also after the second pass', async () => {
    for (const name of subgraphNames) {
      await query(
        name,
        `UPDATE graphile_worker._private_jobs SET run_at = now() WHERE run_at > now() + interval '8 days'`,
      );
      await query(name, `SELECT pg_notify('jobs:insert', '')`);
      const late = `SELECT 1 FROM graphile_worker.jobs WHERE task_identifier ~ '^erase'`;
      await eventually(
        async () => ((await query(name, late)).length === 0 ? true : undefined),
        `the end of ${name}`,
      );
    }
    const places: Record<string, string[]> = {};
    for (const name of subgraphNames) {
      const traces = await tracesOf(infrastructure.databaseUrls[name], [leaverKey, ids.leaver]);
      places[name] = Object.keys(traces).filter((table) => table.startsWith('public.'));
    }
    expect(places).toEqual({
      users: ['accounts', 'audit_details', 'audit_entries', 'erasures', 'offices', 'profiles'].map(
        (table) => `public.${table}`,
      ),
      events: ['public.events'],
      content: ['comments', 'known_events', 'media', 'members', 'posts'].map((table) => `public.${table}`),
      messaging: [
        'conversation_events',
        'conversations',
        'event_hosts',
        'members',
        'messages',
        'participants',
        'visibility_windows',
      ].map((table) => `public.${table}`),
      payments: ['invoices', 'payments', 'subscriptions'].map((table) => `public.${table}`),
      search: [],
    });
  });
});
