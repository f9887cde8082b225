import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { MutationResolvers } from './__generated__/schema.js';
import { permissionWorld, roles, type PermissionWorld, type Role } from './testing/permission-world.js';
import { givenMessaging, type Messaging } from './testing/given.js';

type Ids = PermissionWorld['ids'];
type Refusals = Readonly<Partial<Record<Role, string>>>;

/** People who act as themselves, about their own. */
const nobodyElse: Refusals = { visitor: 'UNAUTHENTICATED', program: 'FORBIDDEN', onlooker: 'FORBIDDEN' };
const all = (code: string): Refusals => Object.fromEntries(roles.map((role) => [role, code]));
const refusedTo = (code: string, some: readonly Role[]): Refusals => ({
  ...Object.fromEntries(some.map((role) => [role, code])),
  ...nobodyElse,
});
const unknownTo = (...some: readonly Role[]) => refusedTo('NOT_FOUND', some);
const outsiders = ['stranger', 'ambassador', 'superUser'] as const;
/** For members; whoever left sees what was, and does nothing there. */
const members = (former: string): Refusals => ({ ...unknownTo(...outsiders), former });
const admins: Refusals = { ...members('NOT_FOUND'), member: 'FORBIDDEN' };
const owners: Refusals = { ...admins, admin: 'FORBIDDEN' };
/** Of the owner's own: for everybody else it is not there. */
const allOthers = [...outsiders, 'former', 'member', 'admin'] as const;
const ownerAlone = unknownTo(...allOthers);
const superUsers: Refusals = { ...all('FORBIDDEN'), visitor: 'UNAUTHENTICATED', superUser: undefined };

interface ChangeCase {
  readonly input: (ids: Ids) => object;
  readonly refuses: Refusals;
}
const soon = () => new Date(Date.parse('2026-06-01T13:00:00.000Z'));
const inConversation = ({ conversation }: Ids) => ({ conversationId: conversation });
const position = { latitude: 1, longitude: 2 };
const own = (input: object = {}): ChangeCase => ({ input: () => input, refuses: nobodyElse });
const chosen = (refuses: Refusals, input: object = {}): ChangeCase => ({
  input: (ids) => ({ ...inConversation(ids), ...input }),
  refuses,
});
const ofMessage = (refuses: Refusals, input: object = {}): ChangeCase => ({
  input: ({ message }) => ({ messageId: message, ...input }),
  refuses,
});
const ofNotification = { input: ({ notification }: Ids) => ({ ids: [notification] }), refuses: ownerAlone };
const ofWebhook = (input: object = {}): ChangeCase => ({
  input: ({ webhook }) => ({ webhookId: webhook, ...input }),
  refuses: superUsers,
});
const later = { ...unknownTo(...outsiders), former: 'NOT_FOUND' };

/** For whom nothing happens, and what they are answered. Whoever is not named may: that is for the tests of each slice. */
const changes: Readonly<Record<keyof MutationResolvers, ChangeCase>> = {
  openDirectConversation: { input: ({ stranger }) => ({ userId: stranger }), refuses: nobodyElse },
  createGroup: own({ idempotencyKey: 'g', name: 'G', memberIds: [] }),
  joinByInviteLink: { input: ({ token }) => ({ token }), refuses: nobodyElse },
  updateMessagingSettings: own({ sharesReadReceipts: false }),
  setNotificationRule: own({ channel: 'EMAIL', cadence: 'OFF' }),
  setNotificationTimes: own({ digestHour: 9 }),
  silenceNotifications: { input: ({ event }) => ({ subjectId: event, kind: 'MUTED' }), refuses: nobodyElse },
  endNotificationSilence: { input: ({ event }) => ({ subjectId: event }), refuses: nobodyElse },
  registerNotificationDevice: own({ installationId: 'x', platform: 'ANDROID', fcmToken: 'another' }),
  connectChatWebhook: own({ name: 'Chat', url: 'https://hooks.slack.com/services/x' }),

  updateGroup: chosen(admins, { name: 'Intruders' }),
  addGroupMembers: {
    input: (ids) => ({ ...inConversation(ids), userIds: [ids['stranger']] }),
    refuses: admins,
  },
  removeGroupMember: { input: (ids) => ({ ...inConversation(ids), userId: ids['member'] }), refuses: admins },
  setGroupRole: {
    input: (ids) => ({ ...inConversation(ids), userId: ids['member'], role: 'ADMIN' }),
    refuses: owners,
  },
  leaveGroup: chosen(members('NOT_FOUND')),
  createInviteLink: chosen(admins),
  revokeInviteLink: { input: ({ inviteLink }) => ({ inviteLinkId: inviteLink }), refuses: admins },
  decideJoinRequest: {
    ...{ input: ({ joinRequest }) => ({ joinRequestId: joinRequest, isApproved: true }), refuses: admins },
  },

  // Where it lies for them, whoever left may say, too.
  muteConversation: chosen(unknownTo(...outsiders)),
  unmuteConversation: chosen(unknownTo(...outsiders)),
  archiveConversation: chosen(unknownTo(...outsiders)),
  unarchiveConversation: chosen(unknownTo(...outsiders)),
  pinConversation: chosen(unknownTo(...outsiders)),
  unpinConversation: chosen(unknownTo(...outsiders)),
  acceptContactRequest: chosen(members('NOT_FOUND')),
  declineContactRequest: chosen(members('NOT_FOUND')),
  markConversationDelivered: chosen(unknownTo(...outsiders), { upToSequence: 1 }),
  markConversationRead: chosen(unknownTo(...outsiders), { upToSequence: 1 }),
  setTyping: chosen(members('NOT_FOUND'), { isTyping: true }),

  sendMessage: chosen(members('CONVERSATION_CLOSED'), { clientMessageId: 'x', text: 'x' }),
  scheduleMessage: chosen(members('CONVERSATION_CLOSED'), {
    clientMessageId: 'x',
    text: 'x',
    sendAt: soon(),
  }),
  saveDraft: chosen(members('CONVERSATION_CLOSED'), { text: 'x' }),
  shareLiveLocation: chosen(members('CONVERSATION_CLOSED'), { minutes: 5, position }),
  forwardMessage: {
    input: (ids) => ({ ...inConversation(ids), messageId: ids['message'], clientMessageId: 'x' }),
    refuses: later,
  },
  addMessageReaction: ofMessage(later, { emoji: '👍' }),
  removeMessageReaction: ofMessage(later, { emoji: '👍' }),
  editMessage: ofMessage(
    { ...later, member: 'FORBIDDEN', admin: 'FORBIDDEN' },
    { expectedVersion: 2, text: 'Changed' },
  ),
  deleteMessage: ofMessage({ ...later, member: 'FORBIDDEN' }, { scope: 'EVERYONE' }),

  updateScheduledMessage: {
    input: ({ scheduledMessage }) => ({
      scheduledMessageId: scheduledMessage,
      expectedVersion: 1,
      text: 'x',
    }),
    refuses: ownerAlone,
  },
  cancelScheduledMessage: {
    ...{ input: ({ scheduledMessage }) => ({ scheduledMessageId: scheduledMessage }), refuses: ownerAlone },
  },
  // As of one that is over.
  updateLiveLocation: {
    input: ({ liveLocation }) => ({ id: liveLocation, position }),
    refuses: refusedTo('LIVE_LOCATION_ENDED', allOthers),
  },
  stopLiveLocation: {
    ...{ input: ({ liveLocation }) => ({ id: liveLocation }), refuses: refusedTo('NO ERROR', allOthers) },
  },
  markNotificationsRead: ofNotification,
  markNotificationsSeen: ofNotification,
  archiveNotifications: ofNotification,
  restoreNotifications: ofNotification,
  removeNotificationDevice: { input: ({ device }) => ({ deviceId: device }), refuses: ownerAlone },
  confirmChatWebhook: { input: ({ chat }) => ({ chatWebhookId: chat, code: '123456' }), refuses: ownerAlone },
  removeChatWebhook: { input: ({ chat }) => ({ chatWebhookId: chat }), refuses: ownerAlone },

  replayNotificationDelivery: { input: ({ delivery }) => ({ deliveryId: delivery }), refuses: superUsers },
  createWebhook: {
    input: () => ({
      idempotencyKey: 'w',
      name: 'W',
      url: 'https://a.example/',
      eventTypes: ['event.cancelled'],
    }),
    refuses: superUsers,
  },
  updateWebhook: ofWebhook({ expectedVersion: 1, name: 'x' }),
  rotateWebhookSecret: ofWebhook(),
  disableWebhook: ofWebhook({ reason: 'x' }),
  enableWebhook: ofWebhook(),
  removeWebhook: ofWebhook(),
  sendTestWebhookEvent: ofWebhook(),
  startWebhookReplay: ofWebhook({ idempotencyKey: 'r', since: soon() }),
  cancelWebhookReplay: {
    ...{ input: ({ webhookReplay }) => ({ webhookReplayId: webhookReplay }), refuses: superUsers },
  },
  replayWebhookDelivery: {
    ...{ input: ({ webhookDelivery }) => ({ webhookDeliveryId: webhookDelivery }), refuses: superUsers },
  },
};

describe('who may not change what', () => {
  let messaging: Messaging;
  let world: PermissionWorld;
  let before: unknown;
  beforeAll(async () => {
    messaging = await givenMessaging();
    world = await permissionWorld(messaging);
    before = await everything();
  });
  afterAll(() => messaging.stop());

  /** All there is in every table, messages and jobs included. */
  async function everything(): Promise<unknown> {
    const tables = await messaging.db.$queryRaw<{ name: string }[]>`
      SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
      WHERE table_schema IN ('public', 'kit') AND table_type = 'BASE TABLE' ORDER BY 1`;
    const sums = [...tables.map(({ name }) => name), 'graphile_worker._private_jobs'].map(
      (name) =>
        `SELECT '${name}' AS name, md5(string_agg(t::text, ',' ORDER BY t::text)) AS sum FROM ${name} t`,
    );
    return messaging.db.$queryRawUnsafe(`${sums.join(' UNION ALL ')} ORDER BY 1`);
  }

  const cases = Object.entries(changes).flatMap(([name, { input, refuses }]) =>
    Object.entries(refuses).flatMap(([role, code]) =>
      code ? [[name, role as Role, code, input] as const] : [],
    ),
  );

  it.each(cases)('%s does nothing for %s: %s', async (name, role, code, input) => {
    const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input`;
    const { data, codes } = await world.clients[role].execute(
      `mutation ($input: ${type}!) { ${name}(input: $input) { userErrors { code } } }`,
      { input: input(world.ids) },
    );
    expect(codes[0] ?? data[name].userErrors[0]?.code ?? 'NO ERROR').toBe(code);
    const [was, is] = [before, await everything()];
    before = is;
    expect(is).toEqual(was);
  });
});
