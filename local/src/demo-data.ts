import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  appointAmbassador,
  appointConsul,
  comment,
  idOf,
  like,
  post,
  publishEvent,
  register,
  subscribeToPremium,
  uploadPhoto,
  writeTo,
} from './actions.js';
import { signIn, signUp, type Client, type Person } from './client.js';
import { demoSuperUserEmail } from './environments.js';
import type { Platform } from './platform.js';
import type { Progress } from './progress.js';

/** Known to everybody who reads this file: these accounts exist on the one-machine run only. */
const password = 'diaspora-demo-2026';

type DemoName = 'root' | 'ana' | 'carol' | 'mihai' | 'layla';

const person = (
  name: DemoName,
  displayName: string,
  origin: string,
  city: string,
  languages: string[],
): Person => ({
  email: name === 'root' ? demoSuperUserEmail : `${name}@diaspora.example`,
  password,
  displayName,
  countryOfOrigin: origin,
  countryOfResidence: 'DE',
  city,
  languages,
});

const people: Readonly<Record<DemoName, Person>> = {
  root: person('root', 'Platform Desk', 'RO', 'Berlin', ['en']),
  ana: person('ana', 'Ana Ionescu', 'RO', 'Berlin', ['ro', 'de', 'en']),
  carol: person('carol', 'Carol Popa', 'RO', 'Berlin', ['ro', 'de']),
  mihai: person('mihai', 'Mihai Radu', 'RO', 'Berlin', ['ro', 'en']),
  layla: person('layla', 'ليلى حداد', 'SY', 'Hamburg', ['ar', 'de']),
};

const roles: Readonly<Record<DemoName, string>> = {
  root: 'super user',
  ana: 'ambassador, Germany',
  carol: 'consul, Berlin',
  mihai: 'member, premium',
  layla: 'member',
};

export const demoAccounts = (Object.keys(people) as DemoName[]).map((name) => ({
  ...people[name],
  what: roles[name],
}));

/**
 * Fills a new platform with people, offices, events, posts and messages, through the public API. Every step may be
 * repeated, so a first start that was interrupted goes on at the next one; a mark in the data folder ends it.
 */
export async function loadDemoData(platform: Platform, dataDir: string, progress: Progress): Promise<void> {
  const mark = path.join(dataDir, 'demo-data.json');
  const isLoaded = await readFile(mark).then(
    () => true,
    () => false,
  );
  if (isLoaded) return;
  await progress.step('demo data', async () => {
    await load(platform);
    await writeFile(`${mark}.new`, JSON.stringify({ loadedAt: new Date().toISOString() }));
    await rename(`${mark}.new`, mark);
  });
}

async function load({ url, infrastructure }: Platform): Promise<void> {
  const enter = (name: DemoName) =>
    signIn(url, people[name]).catch(() => signUp(url, infrastructure.mailbox, people[name]));
  const [root, ana, carol, mihai, layla] = await Promise.all([
    enter('root'),
    enter('ana'),
    enter('carol'),
    enter('mihai'),
    enter('layla'),
  ]);
  await appoint({ root, ana, carol });
  const [concert, salon] = await announceEvents(carol);
  await Promise.all([register(mihai, concert), register(layla, concert), register(layla, salon)]);
  await talk({ carol, mihai, layla }, concert);
  await subscribeToPremium(mihai, 'demo-premium');
}

async function appoint({ root, ana, carol }: { root: Client; ana: Client; carol: Client }): Promise<void> {
  const ambassador = { userId: await idOf(ana), countryCode: 'DE', idempotencyKey: 'demo-ambassador' };
  await appointAmbassador(root, ambassador);
  await ana.refresh();
  const consul = {
    userId: await idOf(carol),
    countryCode: 'DE',
    city: 'Berlin',
    idempotencyKey: 'demo-consul',
  };
  await appointConsul(ana, consul);
  await carol.refresh();
}

async function announceEvents(carol: Client): Promise<[string, string]> {
  const concert = await publishEvent(carol, {
    idempotencyKey: 'demo-concert',
    title: 'Spring concert of the Romanian choir',
    city: 'Berlin',
    countryCode: 'DE',
    description: 'Songs from Transylvania to the Black Sea.',
    capacity: 120,
    tags: ['music', 'choir'],
  });
  const salon = await publishEvent(carol, {
    idempotencyKey: 'demo-salon',
    title: 'Founders salon',
    city: 'Berlin',
    countryCode: 'DE',
    domain: 'ICT',
    description: 'Founders of the diaspora share what they learned.',
    capacity: 30,
    daysAhead: 35,
    tags: ['startups'],
  });
  return [concert, salon];
}

async function talk(people: { carol: Client; mihai: Client; layla: Client }, eventId: string): Promise<void> {
  const { carol, mihai, layla } = people;
  const photo = await uploadPhoto(mihai, 'demo-photo');
  const postId = await post(mihai, {
    idempotencyKey: 'demo-post',
    language: 'en',
    eventId,
    mediaIds: [photo],
    text: 'Rehearsal tonight, the hall sounds wonderful 🎶 #choir',
  });
  await post(layla, { idempotencyKey: 'demo-post-ar', language: 'ar', text: 'أهلاً بالجميع في برلين #برلين' });
  await comment(carol, { idempotencyKey: 'demo-comment', postId, text: 'See you in the first row!' });
  await like(layla, postId);
  await writeTo(mihai, {
    userId: await idOf(carol),
    text: 'Is there a place for my parents?',
    clientMessageId: 'demo-1',
  });
  await writeTo(carol, {
    userId: await idOf(mihai),
    text: 'Of course, bring them along.',
    clientMessageId: 'demo-2',
  });
}
