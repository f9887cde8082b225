import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  applyForConsul,
  appointAmbassador,
  appointConsul,
  approveApplication,
  befriend,
  comment,
  follow,
  idOf,
  like,
  post,
  publishEvent,
  register,
  subscribeToPremium,
  updateProfile,
  uploadPhoto,
  writeTo,
} from './actions.js';
import { signIn, signUp, type Client, type Person } from './client.js';
import { foundChamber } from './demo-customers.js';
import { demoSuperUserEmail } from './environments.js';
import type { Platform } from './platform.js';
import type { Progress } from './progress.js';
import { makeEventOwner, payPurchase, purchaseTickets, sellTickets } from './ticket-actions.js';

/** Known to everybody who reads this file: these accounts exist on the one-machine run only. */
const password = 'diaspora-demo-2026';

type DemoName = 'root' | 'ana' | 'carol' | 'elena' | 'mihai' | 'layla';

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
  elena: person('elena', 'Elena Rusu', 'MD', 'Hamburg', ['ro', 'ru', 'de']),
  mihai: person('mihai', 'Mihai Radu', 'RO', 'Berlin', ['ro', 'en']),
  layla: person('layla', 'ليلى حداد', 'SY', 'Hamburg', ['ar', 'de']),
};

const roles: Readonly<Record<DemoName, string>> = {
  root: 'super user',
  ana: 'ambassador, Germany',
  carol: 'consul, Berlin',
  elena: 'consul, Hamburg',
  mihai: 'member, premium',
  layla: 'member',
};

export const demoAccounts = (Object.keys(people) as DemoName[]).map((name) => ({
  ...people[name],
  what: roles[name],
}));

/**
 * Fills a new platform with people, offices, events, posts, messages and customers, through the public API. Every step may be
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
  const [root, ana, carol, elena, mihai, layla] = await Promise.all([
    enter('root'),
    enter('ana'),
    enter('carol'),
    enter('elena'),
    enter('mihai'),
    enter('layla'),
  ]);
  await appoint({ root, ana, carol });
  await decide({ ana, elena, mihai });
  const [concert, salon] = await announceEvents(carol);
  await Promise.all([register(mihai, concert), register(layla, concert), register(layla, salon)]);
  await sell({ root, carol, layla });
  await talk({ carol, mihai, layla }, concert);
  await meet({ ana, carol, elena, mihai });
  await subscribeToPremium(mihai, 'demo-premium');
  await foundChamber(mihai);
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

/** An upload is made once: afterwards its key is used up. */
async function avatarOf(client: Client): Promise<string> {
  const { me } = (await client.must('{ me { avatar { id } } }')) as { me: { avatar: { id: string } | null } };
  return me.avatar?.id ?? uploadPhoto(client, 'demo-avatar');
}

/** One application was approved, one waits. */
async function decide({ ana, elena, mihai }: Record<'ana' | 'elena' | 'mihai', Client>): Promise<void> {
  const applicationId = await applyForConsul(elena, {
    ...{ countryCode: 'DE', city: 'Hamburg' },
    motivation: 'I run the meetings of the Moldovan community at the harbour.',
  });
  await approveApplication(ana, { applicationId, message: 'Welcome, Hamburg!' });
  await elena.refresh();
  await applyForConsul(mihai, {
    ...{ countryCode: 'DE', city: 'Munich' },
    motivation: 'I move there in the spring.',
  });
}

async function meet({
  ana,
  carol,
  elena,
  mihai,
}: Record<'ana' | 'carol' | 'elena' | 'mihai', Client>): Promise<void> {
  await befriend(mihai, carol, 'We sang together last year.');
  await befriend(carol, ana);
  await befriend(elena, ana);
  await follow(mihai, await idOf(elena));
  await updateProfile(mihai, {
    ...{
      avatarId: await avatarOf(mihai),
      headline: 'Violin maker',
      domains: ['ART_AND_CRAFTS'],
      sectors: ['Instruments'],
    },
    ...{ birthday: '1988-03-14', links: ['https://violins.example/mihai'] },
    privacy: { fields: [{ field: 'BIRTHDAY', audience: 'CONNECTIONS' }] },
  });
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

/** A dinner for which tickets are sold, and somebody who bought two. The sandbox takes the money a moment later. */
async function sell({ root, carol, layla }: Record<'root' | 'carol' | 'layla', Client>): Promise<void> {
  await makeEventOwner(root, await idOf(carol));
  await carol.refresh();
  const dinner = await publishEvent(carol, {
    idempotencyKey: 'demo-dinner',
    title: 'Dinner by candlelight',
    city: 'Berlin',
    countryCode: 'DE',
    description: 'Five courses from five homes, cooked by members.',
    capacity: 40,
    daysAhead: 28,
    tags: ['dinner'],
  });
  const ticket = { idempotencyKey: 'demo-ticket', eventId: dinner, name: 'Five courses', priceMinor: 4_900 };
  const ticketTypeId = await sellTickets(carol, ticket);
  const wish = { idempotencyKey: 'demo-purchase', ticketTypeId, quantity: 2 };
  await payPurchase(layla, await purchaseTickets(layla, wish));
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
