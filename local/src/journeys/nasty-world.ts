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
import { createClient, signIn, signUp, type Client } from '../client.js';
import { demoSuperUserEmail } from '../environments.js';
import type { Running } from './community.js';
import { makeOrder } from './nasty-orders.js';
import { makeOrganization } from './nasty-organization.js';
import { makeTickets } from './nasty-tickets.js';
import { makeWebhooks } from './nasty-webhooks.js';

/** The program spends credits of people. The leaver is there to do what ends sessions, and signs in anew when it has none. */
export const roles = ['visitor', 'member', 'ambassador', 'root', 'leaver', 'program'] as const;
export type Role = (typeof roles)[number];

/** A small community in which every kind of object exists once, and the ids of what is in it. */
export interface World {
  /** Signed in, the leaver if need be anew. */
  client(role: Role): Promise<Client>;
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
  const credentials = (name: string, email = `${name}@bad-input.example`) => ({
    email,
    password: `a good password of ${name}`,
  });
  const join = (name: string, email?: string) =>
    signUp(running.url, running.mailbox, {
      ...credentials(name, email),
      displayName: `The ${name}`,
      countryOfOrigin: 'RO',
      countryOfResidence: 'DE',
      city: 'Berlin',
      languages: ['ro', 'en'],
    });
  const [root, ambassador, member, target, leaver] = await Promise.all([
    join('root', demoSuperUserEmail),
    join('ambassador'),
    join('member'),
    join('target'),
    join('leaver'),
  ]);
  const [ambassadorId, memberId, targetId] = await Promise.all([ambassador, member, target].map(idOf));
  const country = { userId: ambassadorId!, countryCode: 'DE', idempotencyKey: 'ambassador' };
  await appointAmbassador(root, country);
  await ambassador.refresh();
  const people = { root, ambassador, member, memberId: memberId!, targetId: targetId! };
  const program = await programOf(running, root);
  await root.must(giveCredits, {
    input: { idempotencyKey: 'credits', userId: targetId, amount: 1_000, reason: 'To spend' },
  });
  const clients = { visitor: createClient(running.url), member, ambassador, root, leaver, program };
  const renewed = async (client: Client) =>
    (await client.send('{ me { id } }')).data?.me ? client : signIn(running.url, credentials('leaver'));
  let leaving = Promise.resolve(leaver);
  const made = await makeObjects(people);
  const privateIds = await makePrivateObjects(people);
  return {
    client: (role) =>
      role === 'leaver' ? (leaving = leaving.then(renewed)) : Promise.resolve(clients[role]),
    staleToken: target.token()!,
    objects: made,
    targetId: targetId!,
    // Without the people who act: whoever is appointed has to sign in again.
    ids: [...Object.values(made).filter((id) => id !== memberId), targetId!, ...privateIds],
    cursors: await cursorsOf(member),
  };
}

const giveCredits = `mutation ($input: GrantBonusCreditsInput!) {
  grantBonusCredits(input: $input) { available userErrors { code message } } }`;

/** A service account that may spend credits, with a token for its secret. */
async function programOf({ url, ports }: Running, root: Client): Promise<Client> {
  const create = `mutation ($input: CreateServiceAccountInput!) {
    createServiceAccount(input: $input) { serviceAccount { id } secret userErrors { code message } } }`;
  const input = { name: 'Assistance', role: 'SERVICE', scopes: ['credits:spend'] };
  const { createServiceAccount: made } = await root.must(create, { input });
  const response = await fetch(`http://127.0.0.1:${ports.users}/oauth/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: made.serviceAccount.id,
      client_secret: made.secret,
    }).toString(),
  });
  const { access_token: accessToken } = (await response.json()) as { access_token: string };
  return createClient(url, { accessToken, refreshToken: '' });
}

interface People {
  readonly root: Client;
  readonly ambassador: Client;
  readonly member: Client;
  readonly memberId: string;
  readonly targetId: string;
}

async function makeObjects({ root, ambassador, member, memberId, targetId }: People) {
  const organization = await makeOrganization(member, {
    member: ambassador,
    memberId: await idOf(ambassador),
  });
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
  const sold = await makeTickets({ root, ambassador, member });
  const order = await makeOrder({ root, seller: ambassador, member });
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
  const group = { idempotencyKey: 'group', name: 'Choir', memberIds: [] };
  const { createGroup } = await member.must(
    'mutation ($input: CreateGroupInput!) { createGroup(input: $input) { conversation { id } } }',
    { input: group },
  );
  await Promise.all([member, root].map((each) => subscribeToPremium(each, 'premium')));
  const addMethod = `mutation ($input: AddPaymentMethodInput!) {
    addPaymentMethod(input: $input) { paymentMethod { id } } }`;
  const save = async (idempotencyKey: string) => {
    const paymentMethod = { sandboxCard: { number: '4242424242424242' } };
    const { addPaymentMethod } = await member.must(addMethod, { input: { idempotencyKey, paymentMethod } });
    return addPaymentMethod.paymentMethod.id as string;
  };
  const [PaymentMethod, SparePaymentMethod] = [await save('pm1'), await save('pm2')];
  const ids = await eventually(async () => {
    const answer = await member.send(`{
      viewerSubscription { id status plan { id } } notifications(first: 2) { nodes { id } }
      sessions(first: 1) { nodes { id } }
      conversation(id: "${conversationId}") { messages(first: 2) { nodes { id } } } }`);
    const { viewerSubscription, notifications, sessions, conversation } = answer.data;
    return viewerSubscription?.status === 'ACTIVE' && notifications.nodes.length === 2
      ? {
          PlanSubscription: viewerSubscription.id as string,
          Plan: viewerSubscription.plan.id as string,
          Notification: notifications.nodes[0].id as string,
          Session: sessions.nodes[0].id as string,
          Message: conversation.messages.nodes[0].id as string,
          SpareMessage: conversation.messages.nodes[1].id as string,
        }
      : undefined;
  }, 'subscription and notices');
  const SpareSubscription = await eventually(async () => {
    const { data } = await root.send('{ viewerSubscription { id status } }');
    return data.viewerSubscription?.status === 'ACTIVE' ? (data.viewerSubscription.id as string) : undefined;
  }, 'another subscription');
  const invoices = await makeInvoices({ root, member, memberId });
  const webhooks = await makeWebhooks(root);
  return {
    SpareEvent,
    SparePost,
    SpareComment,
    SpareSubscription,
    User: memberId,
    PaymentMethod,
    SparePaymentMethod,
    Office,
    Event,
    Registration,
    Media,
    Post,
    Comment,
    Conversation: conversationId,
    Group: createGroup.conversation.id as string,
    ...organization,
    ...sold,
    ...order,
    ...ids,
    ...invoices,
    ...webhooks,
  };
}

/** That of the member's purchase, and drafts to the member. */
async function makeInvoices({ root, member, memberId }: Pick<People, 'root' | 'member' | 'memberId'>) {
  const draftInvoice = `mutation ($input: DraftInvoiceInput!) { draftInvoice(input: $input) { invoice { id } } }`;
  const draft = (idempotencyKey: string) =>
    eventually(async () => {
      const lines = [{ description: 'Work', quantity: 1, unitAmountMinor: 100 }];
      const input = { idempotencyKey, customerId: memberId, currency: 'EUR', lines };
      const { data } = await root.send(draftInvoice, { input });
      return data?.draftInvoice?.invoice?.id as string | undefined;
    }, 'a draft');
  const invoiceOf = async (client: Client) =>
    (await client.must('{ me { invoices(first: 1) { nodes { id } } } }')).me.invoices.nodes[0].id as string;
  const [DraftInvoice, SpareInvoice] = [await draft('invoice'), await draft('spare invoice')];
  const { invoiceIssuers } = await root.must('{ invoiceIssuers { id } }');
  const InvoiceIssuer = invoiceIssuers[0].id as string;
  const [Invoice, OtherInvoice] = [await invoiceOf(member), await invoiceOf(root)];
  return { Invoice, OtherInvoice, InvoiceIssuer, DraftInvoice, SpareInvoice };
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
