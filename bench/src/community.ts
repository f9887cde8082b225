import {
  appointAmbassador,
  comment,
  eventually,
  idOf,
  like,
  post,
  publishEvent,
  signUp,
  subscribeToPremium,
  uploadPhoto,
  writeTo,
  type Client,
  type Infrastructure,
  type Person,
} from '@diaspora/local';
import { foundClientele, type Clientele } from './customers.js';

/** What there is to ask for. */
export interface Community {
  readonly people: readonly Client[];
  /** Events that people post about. */
  readonly busyEventIds: readonly string[];
  readonly postIds: readonly string[];
  /** A place each person holds at an event, to give back and take again. */
  readonly places: readonly { person: Client; eventId: string; registrationId: string }[];
  readonly clientele: Clientele;
}

/** Words that events, people and posts share, so that a search finds some of each. */
export const topics = [
  'music',
  'cooking',
  'startups',
  'heritage',
  'football',
  'theatre',
  'poetry',
  'medicine',
];

const cities = ['Berlin', 'Hamburg', 'Munich', 'Cologne', 'Leipzig', 'Dresden'];
const names = ['Ana', 'Carol', 'Mihai', 'Layla', 'Ioana', 'Omar', 'Elena', 'Yusuf'];
const eventsEach = 5;
const postsEach = 10;
const commentsPerPost = 3;
const likesPerPost = 4;

const pick = <T>(list: readonly T[], index: number): T => list[index % list.length]!;

const person = (index: number): Person => ({
  email: index === 0 ? 'root@diaspora.example' : `person-${index}@bench.example`,
  password: `the good password of ${index}`,
  displayName: `${pick(names, index)} ${String.fromCharCode(65 + (index % 26))}.`,
  countryOfOrigin: pick(['RO', 'SY', 'PL'], index),
  countryOfResidence: 'DE',
  city: pick(cities, index),
  languages: ['en', pick(['ro', 'ar', 'pl'], index)],
});

interface Place {
  /** `http://127.0.0.1:4000` */
  readonly url: string;
  readonly mailbox: Infrastructure['mailbox'];
  readonly signal: AbortSignal;
}

/** Fills an empty platform through its public API, as people would. */
export async function settle({ url, mailbox, signal }: Place, size: number): Promise<Community> {
  const each = eachOf(signal);
  const people = await each(size, (index) => signUp(url, mailbox, person(index)));
  const ids = await each(size, (index) => idOf(people[index]!));
  await appointAmbassador(people[0]!, {
    userId: ids[1]!,
    countryCode: 'DE',
    idempotencyKey: 'bench-ambassador',
  });
  await people[1]!.refresh();
  await each(size, (index) => present(people[index]!, index));
  const eventIds = await each(size * eventsEach, (index) => announce(pick(people, index), index));
  const photos = await each(size, (index) => uploadPhoto(people[index]!, 'bench-photo'));
  const busyEventIds = eventIds.slice(0, size);
  const postIds = await each(size * postsEach, (index) => {
    const mediaIds = index % 3 === 0 ? [pick(photos, index)] : [];
    return publishPost(pick(people, index), { index, eventId: pick(busyEventIds, index * 7), mediaIds });
  });
  await each(postIds.length * commentsPerPost, (index) =>
    comment(pick(people, index * 5 + 1), {
      idempotencyKey: `bench-${index}`,
      postId: pick(postIds, index),
      text: `I have been waiting for this. (${index})`,
    }),
  );
  await each(postIds.length * likesPerPost, (index) => {
    const lap = Math.floor(index / postIds.length);
    return like(pick(people, index + lap * 5), pick(postIds, index));
  });
  const places = await each(size * size, async (index) => {
    const who = pick(people, index);
    const eventId = pick(busyEventIds, Math.floor(index / size));
    return { person: who, eventId, registrationId: await takePlace(who, eventId) };
  });
  await each(size, async (index) => {
    const message = { userId: pick(ids, index + 1), text: 'Shall we go together?', clientMessageId: 'bench' };
    await writeTo(people[index]!, message);
    if (index % 4 === 0) await subscribeToPremium(people[index]!, 'bench-premium');
  });
  await arrival(people[0]!, eventIds.length + size + postIds.length);
  const clientele = await foundClientele(people[1]!);
  return { people, busyEventIds, postIds, places, clientele };
}

async function present(client: Client, index: number): Promise<void> {
  const { me } = (await client.must('{ me { version } }')) as { me: { version: number } };
  const input = { expectedVersion: me.version, headline: `Has a heart for ${pick(topics, index)}` };
  await client.must(
    'mutation ($input: UpdateProfileInput!) { updateProfile(input: $input) { userErrors { message } } }',
    { input },
  );
}

const announce = (client: Client, index: number): Promise<string> =>
  publishEvent(client, {
    idempotencyKey: `bench-${index}`,
    title: `An evening of ${pick(topics, index)}, number ${index}`,
    description: `All about ${pick(topics, index)}. `.repeat(10),
    city: pick(cities, index),
    type: 'FREE',
    countryCode: 'DE',
    capacity: 500,
    daysAhead: 5 + (index % 90),
    tags: [pick(topics, index)],
  });

/** Content learns of an event by a message, so the first attempts may come too early. */
const publishPost = (client: Client, about: { index: number; eventId: string; mediaIds: string[] }) =>
  eventually(
    () =>
      post(client, {
        idempotencyKey: `bench-${about.index}`,
        language: 'en',
        eventId: about.eventId,
        mediaIds: about.mediaIds,
        text: `Who else thinks that ${pick(topics, about.index)} brings us together? #${pick(topics, about.index)}`,
      }).catch(() => undefined),
    'an event in content',
  );

async function takePlace(client: Client, eventId: string): Promise<string> {
  const data = (await client.must(
    `mutation ($input: RegisterForEventInput!) {
      registerForEvent(input: $input) { registration { id } userErrors { message } } }`,
    { input: { eventId } },
  )) as { registerForEvent: { registration: { id: string } } };
  return data.registerForEvent.registration.id;
}

/** What search learns by messages is there before anything is measured. */
async function arrival(client: Client, documents: number): Promise<void> {
  await eventually(
    async () => {
      const data = (await client.must('{ search(query: "", first: 1) { totalCount } }')) as {
        search: { totalCount: number };
      };
      return data.search.totalCount >= documents || undefined;
    },
    'everything in search',
    60_000,
  );
}

/** Work for 0 to `count` - 1, eight at a time; answers in order. */
const eachOf =
  (signal: AbortSignal) =>
  async <T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> => {
    const results: T[] = [];
    let next = 0;
    const worker = async () => {
      while (next < count) {
        signal.throwIfAborted();
        const index = next++;
        results[index] = await work(index);
      }
    };
    await Promise.all(Array.from({ length: 8 }, worker));
    return results;
  };
