import {
  appointAmbassador,
  appointConsul,
  eventually,
  idOf,
  post,
  publishEvent,
  register,
  subscribeToPremium,
  uploadPhoto,
  writeTo,
} from '../actions.js';
import { createClient, signUp, type Client } from '../client.js';
import { demoSuperUserEmail } from '../environments.js';
import type { Running } from './community.js';

export const roles = ['visitor', 'member', 'ambassador', 'root'] as const;
export type Role = (typeof roles)[number];

/** A small community in which every kind of object exists once, and the ids of what is in it. */
export interface World {
  readonly clients: Readonly<Record<Role, Client>>;
  /** By type: something the member may see and mostly owns; the spare ones are there to be changed. */
  readonly objects: Readonly<Record<string, string>>;
  /** Good once; its owner was appointed to an office since. */
  readonly staleToken: string;
  /** Somebody to appoint and to write to; nobody signs in as this person. */
  readonly targetId: string;
  /** Of objects of every type, the private ones of others included. */
  readonly ids: readonly string[];
  /** Cursors of every list, good where they come from. */
  readonly cursors: readonly string[];
}

export async function buildWorld(running: Running): Promise<World> {
  const join = (name: string, email = `${name}@bad-input.example`) =>
    signUp(running.url, running.mailbox, {
      email,
      password: `a good password of ${name}`,
      displayName: `The ${name}`,
      countryOfOrigin: 'RO',
      countryOfResidence: 'DE',
      city: 'Berlin',
      languages: ['ro', 'en'],
    });
  const [root, ambassador, member, target] = await Promise.all([
    join('root', demoSuperUserEmail),
    ...['ambassador', 'member', 'target'].map((name) => join(name)),
  ] as [Promise<Client>, Promise<Client>, Promise<Client>, Promise<Client>]);
  const [ambassadorId, memberId, targetId] = await Promise.all([ambassador, member, target].map(idOf));
  const country = { userId: ambassadorId!, countryCode: 'DE', idempotencyKey: 'ambassador' };
  await appointAmbassador(root, country);
  await ambassador.refresh();
  const people = { root, ambassador, member, memberId: memberId!, targetId: targetId! };
  const made = await makeObjects(people);
  const privateIds = await makePrivateObjects(people);
  return {
    clients: { visitor: createClient(running.url), member, ambassador, root },
    staleToken: target.token()!,
    objects: made,
    targetId: targetId!,
    // Without the people who act: whoever is appointed has to sign in again.
    ids: [...Object.values(made).filter((id) => id !== memberId), targetId!, ...privateIds],
    cursors: await cursorsOf(member),
  };
}

interface People {
  readonly root: Client;
  readonly ambassador: Client;
  readonly member: Client;
  readonly memberId: string;
  readonly targetId: string;
}

async function makeObjects({ ambassador, member, memberId, targetId }: People) {
  const consul = { userId: targetId, countryCode: 'DE', city: 'Berlin', idempotencyKey: 'consul' };
  const Office = await appointConsul(ambassador, consul);
  const Event = await publishEvent(ambassador, {
    idempotencyKey: 'event',
    type: 'NATIONAL',
    title: 'Harvest',
    description: 'Music.',
    city: 'Berlin',
    countryCode: 'DE',
  });
  const SpareEvent = await publishEvent(ambassador, {
    idempotencyKey: 'other',
    type: 'NATIONAL',
    title: 'Harvest again',
    description: 'More music.',
    city: 'Berlin',
    countryCode: 'DE',
  });
  const Registration = await register(member, Event);
  await register(ambassador, Event);
  const Media = await uploadPhoto(member, 'photo');
  const write = (idempotencyKey: string) =>
    eventually(
      () =>
        post(member, {
          idempotencyKey,
          text: 'Harvest!',
          language: 'en',
          eventId: Event,
          mediaIds: [Media],
        }).catch(() => undefined),
      'the event in content',
    );
  const [Post, SparePost] = [await write('post'), await write('another')];
  const comment = `mutation ($input: AddCommentInput!) { addComment(input: $input) { comment { id } } }`;
  const say = async (idempotencyKey: string) =>
    (await ambassador.must(comment, { input: { idempotencyKey, postId: Post, text: 'Fine.' } })).addComment
      .comment.id as string;
  const [Comment, SpareComment] = [await say('c1'), await say('c2')];
  const { conversationId } = await writeTo(member, {
    userId: targetId,
    text: 'Hello',
    clientMessageId: 'm1',
  });
  await writeTo(member, { userId: targetId, text: 'Hello?', clientMessageId: 'm2' });
  await subscribeToPremium(member, 'premium');
  const ids = await eventually(async () => {
    const answer = await member.send(`{
      viewerSubscription { id status plan { id } } notifications(first: 2) { nodes { id } }
      conversation(id: "${conversationId}") { messages(first: 1) { nodes { id } } } }`);
    const { viewerSubscription, notifications, conversation } = answer.data;
    return viewerSubscription?.status === 'ACTIVE' && notifications.nodes.length === 2
      ? {
          PlanSubscription: viewerSubscription.id as string,
          Plan: viewerSubscription.plan.id as string,
          Notification: notifications.nodes[0].id as string,
          Message: conversation.messages.nodes[0].id as string,
        }
      : undefined;
  }, 'subscription and notices');
  return {
    SpareEvent,
    SparePost,
    SpareComment,
    User: memberId,
    Office,
    Event,
    Registration,
    Media,
    Post,
    Comment,
    Conversation: conversationId,
    ...ids,
  };
}

/** What the member must not reach: a draft, and a conversation of others. */
async function makePrivateObjects({ root, ambassador, targetId }: People): Promise<string[]> {
  const day = new Date(Date.now() + 20 * 86_400_000).toISOString().slice(0, 10);
  const input = {
    idempotencyKey: 'draft',
    title: 'A draft',
    description: 'Not yet.',
    language: 'en',
    type: 'NATIONAL',
    domain: 'OTHERS',
    timeZone: 'Europe/Berlin',
    startsAt: `${day}T18:00:00`,
    endsAt: `${day}T19:00:00`,
    place: { countryCode: 'DE' },
  };
  const draft = await ambassador.must(
    'mutation ($input: CreateEventInput!) { createEvent(input: $input) { event { id } userErrors { message } } }',
    { input },
  );
  const { conversationId } = await writeTo(root, { userId: targetId, text: 'Psst', clientMessageId: 'p1' });
  return [draft.createEvent.event.id as string, conversationId];
}

async function cursorsOf(member: Client): Promise<string[]> {
  const page = '(first: 1) { pageInfo { endCursor } }';
  const lists = ['conversations', 'events', 'feed', 'notifications', 'plans'].map((name) => `${name}${page}`);
  const more = ['offices(countryCode: "DE", first: 1)', 'search(query: "", first: 1)'].map(
    (list) => `${list} { pageInfo { endCursor } }`,
  );
  const data = await member.must(`{ ${[...lists, ...more].join(' ')} }`);
  return Object.values(data as Record<string, { pageInfo: { endCursor: string | null } }>).flatMap(
    ({ pageInfo }) => pageInfo.endCursor ?? [],
  );
}
