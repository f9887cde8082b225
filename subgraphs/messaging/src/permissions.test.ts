import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { GraphQLObjectType } from 'graphql';
import type { QueryResolvers, SubscriptionResolvers } from './__generated__/schema.js';
import { permissionWorld, roles, type PermissionWorld, type Role } from './testing/permission-world.js';
import { givenMessaging, type Messaging } from './testing/given.js';
import { isShown, selectionOf } from './testing/selections.js';

const inGroup: Role[] = ['owner', 'admin', 'member'];
const people = roles.filter((role) => role !== 'visitor' && role !== 'program');

/**
 * Of the entities, who sees the object, first whoever sees the most of it; of its fields those that not all of these see; and
 * those in which there is nothing.
 */
interface EntityCase {
  readonly id: string;
  readonly seenBy: readonly Role[];
  readonly only?: Readonly<Record<string, readonly Role[]>>;
  readonly empty?: readonly string[];
}
const entities: Readonly<Record<string, EntityCase>> = {
  Conversation: {
    ...{ id: 'conversation', seenBy: [...inGroup, 'former'] },
    only: {
      ...{ draft: ['owner'], inviteLinks: ['owner', 'admin'], joinRequests: ['owner', 'admin'] },
      ...{ memberCount: inGroup, members: inGroup, liveLocations: inGroup, pictureGrant: inGroup },
      ...{ leftAt: ['former'], receipts: inGroup },
    },
    empty: ['closedAt', 'event', 'mutedUntil'],
  },
  Message: {
    ...{ id: 'message', seenBy: inGroup, only: { clientMessageId: ['owner'] } },
    empty: ['system', 'deletedAt'],
  },
  ScheduledMessage: { id: 'scheduledMessage', seenBy: ['owner'], empty: ['failure', 'message'] },
  Notification: { id: 'notification', seenBy: ['owner'], empty: ['seenAt', 'readAt', 'archivedAt'] },
  Webhook: { id: 'webhook', seenBy: ['superUser'] },
  Event: { id: 'event', seenBy: [...roles].reverse(), only: { conversation: ['owner', 'member'] } },
};

type Code = 'UNAUTHENTICATED' | 'FORBIDDEN' | 'NOT_FOUND';
type Refusals = Readonly<Partial<Record<Role, Code>>>;

const inPerson: Refusals = { visitor: 'UNAUTHENTICATED', program: 'FORBIDDEN', onlooker: 'FORBIDDEN' };
const authenticated: Refusals = { visitor: 'UNAUTHENTICATED', program: 'FORBIDDEN' };
const forSuperUsers: Refusals = {
  ...Object.fromEntries(roles.map((role) => [role, 'FORBIDDEN'])),
  ...{ visitor: 'UNAUTHENTICATED', superUser: undefined },
};

/** Who is shown something, and who is refused; everybody else gets an answer in which nothing is. */
interface FieldCase {
  readonly field: string;
  readonly shows: readonly Role[];
  readonly refuses: Refusals;
}

const page = (fields: string) => `(first: 20) { nodes { ${fields} } }`;

const queries: Readonly<Record<keyof QueryResolvers, FieldCase>> = {
  conversation: {
    ...{ field: 'conversation(id: $conversation) { name }', shows: [...inGroup, 'former'] },
    refuses: inPerson,
  },
  conversations: {
    ...{ field: `conversations${page('name')}`, shows: [...inGroup, 'former'], refuses: inPerson },
  },
  searchMessages: {
    field: `searchMessages(query: "secret", first: 20) { nodes { message { text } } }`,
    ...{ shows: [...inGroup, 'former'], refuses: inPerson },
  },
  unreadMessageCount: {
    field: 'unreadMessageCount',
    shows: ['admin', 'member', 'former'],
    refuses: inPerson,
  },
  scheduledMessages: { field: `scheduledMessages${page('text')}`, shows: ['owner'], refuses: inPerson },
  // Whoever has the link may see into what it leads.
  invitedGroup: {
    field: 'invitedGroup(token: $token) { memberCount }',
    shows: people,
    refuses: authenticated,
  },
  notifications: { field: `notifications${page('id')}`, shows: ['owner', 'admin'], refuses: inPerson },
  unreadNotificationCount: {
    ...{ field: 'unreadNotificationCount', shows: ['owner', 'admin'], refuses: inPerson },
  },
  unseenNotificationCount: {
    ...{ field: 'unseenNotificationCount', shows: ['owner', 'admin'], refuses: inPerson },
  },
  notificationDevices: { field: 'notificationDevices { name }', shows: ['owner'], refuses: inPerson },
  chatWebhooks: { field: 'chatWebhooks { name }', shows: ['owner'], refuses: inPerson },
  notificationDeliveries: {
    ...{ field: `notificationDeliveries${page('reason')}`, shows: ['superUser'], refuses: forSuperUsers },
  },
  webhook: { field: 'webhook(id: $webhook) { name }', shows: ['superUser'], refuses: forSuperUsers },
  webhooks: { field: `webhooks${page('name')}`, shows: ['superUser'], refuses: forSuperUsers },
  webhookDeliveries: {
    field: 'webhookDeliveries(webhookId: $webhook, first: 20) { nodes { id } }',
    ...{ shows: ['superUser'], refuses: forSuperUsers },
  },
  webhookReplay: {
    ...{ field: 'webhookReplay(id: $webhookReplay) { id }', shows: ['superUser'], refuses: forSuperUsers },
  },
  // Of the viewer, whoever that is.
  messagingSettings: {
    ...{ field: 'messagingSettings { sharesReadReceipts }', shows: people, refuses: inPerson },
  },
  notificationPreferences: {
    ...{ field: 'notificationPreferences { times { timeZone } }', shows: people, refuses: inPerson },
  },
  // Nobody's.
  webPushPublicKey: { field: 'webPushPublicKey', shows: roles, refuses: {} },
  webhookEventTypes: { field: 'webhookEventTypes { name }', shows: roles, refuses: {} },
};

const ofTheGroup: Refusals = {
  ...{ ...inPerson, stranger: 'NOT_FOUND', ambassador: 'NOT_FOUND', superUser: 'NOT_FOUND' },
  former: 'NOT_FOUND',
};
/** What everybody else is told without being asked for is a matter of each subscription's own tests. */
const subscriptions: Readonly<Record<keyof SubscriptionResolvers, Omit<FieldCase, 'shows'>>> = {
  conversationEvents: {
    field: 'conversationEvents(conversationId: $conversation) { cursor }',
    refuses: ofTheGroup,
  },
  liveLocations: {
    ...{ field: 'liveLocations(conversationId: $conversation) { locations { id } }', refuses: ofTheGroup },
  },
  typing: { field: 'typing(conversationId: $conversation) { people { id } }', refuses: ofTheGroup },
  presence: { field: 'presence(userIds: [$owner]) { online { id } }', refuses: inPerson },
  inboxEvents: { field: 'inboxEvents { cursor }', refuses: inPerson },
  notificationReceived: { field: 'notificationReceived { cursor }', refuses: inPerson },
};

describe('who may see what', () => {
  let messaging: Messaging;
  let world: PermissionWorld;
  beforeAll(async () => {
    const vapid = { publicKey: 'public', privateKey: 'private', subject: 'mailto:ops@example.org' };
    messaging = await givenMessaging({ config: { push: { fcm: null, vapid } } });
    world = await permissionWorld(messaging);
  });
  afterAll(() => messaging.stop());

  /** Declares the variables that a document uses, all of them ids, and asks. */
  const documentOf = (kind: string, field: string) => {
    const names = [...new Set(field.match(/\$\w+/g) ?? [])];
    const declared = names.map((name) => `${name}: ${name === '$token' ? 'String' : 'ID'}!`).join();
    return `${kind}${declared && ` (${declared})`} { ${field} }`;
  };

  const entityAs = async (role: Role, type: string) => {
    const { id } = entities[type]!;
    const selection = selectionOf(messaging.client.schema.getType(type) as GraphQLObjectType, 3);
    const query = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on ${type} { ${selection} } } }`;
    const { data } = await world.clients[role].execute(query, {
      r: [{ __typename: type, id: world.ids[id] }],
    });
    return data?._entities?.[0] as Record<string, unknown> | null;
  };
  const shownOf = (entity: Record<string, unknown> | null) =>
    Object.entries(entity ?? {}).flatMap(([field, value]) => (isShown(value) ? [field] : []));

  describe.each(Object.entries(entities))('%s', (type, { seenBy, only = {} }) => {
    it.each(roles)('shows its fields to %s as the table says', async (role) => {
      const there = shownOf(await entityAs(seenBy[0]!, type));
      const expected = [...new Set([...there, ...Object.keys(only)])].filter((field) =>
        (only[field] ?? seenBy).includes(role),
      );
      expect(shownOf(await entityAs(role, type)).sort()).toEqual(expected.sort());
    });

    it.each(['', 'nonsense', 'usr_00000000000000000000000000'])('is null by the reference %j', async (id) => {
      const query = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on ${type} { id } } }`;
      const answer = await world.clients.owner.execute(query, { r: [{ __typename: type, id }] });
      expect(answer).toMatchObject({ data: { _entities: [null] }, errors: [] });
    });
  });

  const whole = Object.entries(entities).filter(([, { empty }]) => empty);
  it.each(whole)(
    '%s has something in each field that has no case of its own',
    async (type, { seenBy, ...cases }) => {
      const { only = {}, empty = [] } = cases;
      const entity = (await entityAs(seenBy[0]!, type))!;
      const missing = Object.keys(entity).filter((field) => !isShown(entity[field]) && !(field in only));
      expect(missing.sort()).toEqual([...empty].sort());
    },
  );

  it('tells somebody who left nothing of later', async () => {
    expect(JSON.stringify(await entityAs('former', 'Conversation'))).not.toMatch(/later/i);
  });

  const cases = Object.entries(queries).flatMap(([name, asked]) =>
    roles.map((role) => [name, role, asked] as const),
  );

  it.each(cases)('Query.%s answers %s as the table says', async (_name, role, { field, shows, refuses }) => {
    const { data, codes } = await world.clients[role].execute(documentOf('query', field), world.ids);
    expect(codes).toEqual(refuses[role] ? [refuses[role]] : []);
    const shown = Object.values(data ?? {}).some((value) => isShown(value) && value !== 0);
    expect(shown).toBe(!refuses[role] && shows.includes(role));
    const unseen = shown && role !== 'former' ? {} : data;
    expect(JSON.stringify(unseen)).not.toMatch(/later/i);
  });

  const refused = Object.entries(subscriptions).flatMap(([name, { field, refuses }]) =>
    Object.entries(refuses).map(([role, code]) => [name, role as Role, field, code] as const),
  );

  it.each(refused)('Subscription.%s is refused to %s', async (_name, role, field, code) => {
    const events = world.clients[role].subscribe(documentOf('subscription', field), world.ids);
    expect((await events.next()).value).toMatchObject({ data: null, codes: [code] });
    expect(await events.next()).toMatchObject({ done: true });
  });
});
