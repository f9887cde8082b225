import { aViewer, type TestClient } from '@diaspora/kit/testing';
import { chatWebhookIds, conversationIds, deliveryIds, eventIds, mediaIds, notificationIds } from '../ids.js';
import type { Member, Messaging } from './given.js';
import { actionsOn, invitedBy, linkTo } from './groups.js';
import { partnering } from './webhooks.js';

/** Who there is to whom something may or may not be shown. */
export const roles = [
  'visitor',
  'program',
  'onlooker',
  'stranger',
  'ambassador',
  'superUser',
  'former',
  'member',
  'admin',
  'owner',
] as const;
export type Role = (typeof roles)[number];

/** Public ids of what the owner of a group has made there, by type; each says `secret`, or `later` after somebody left. */
export interface PermissionWorld {
  readonly clients: Readonly<Record<Role, TestClient>>;
  readonly ids: Readonly<Record<string, string>>;
}

/** Roles that are nobody's in the group. */
const outsiders = ({ as, anonymous }: Messaging, owner: Member) => ({
  visitor: anonymous,
  program: as(aViewer({ id: owner.id, kind: 'service', roles: ['SERVICE'], scopes: ['events:read'] })),
  onlooker: as({ ...owner.viewer, impersonatorId: aViewer().id }),
  ambassador: as(aViewer({ roles: ['CONSUL', 'AMBASSADOR', 'REGULAR'] })),
  superUser: as(aViewer({ roles: ['SUPER_USER', 'REGULAR'] })),
});

/** A group with an owner, an admin, a member and somebody who left, and everything the owner can have. */
export async function permissionWorld(messaging: Messaging): Promise<PermissionWorld> {
  const { given } = messaging;
  const newMember = () => given.member();
  const [owner, admin, member] = [await newMember(), await newMember(), await newMember()];
  const [former, stranger, asker] = [await newMember(), await newMember(), await newMember()];
  const pictureId = mediaIds.encode(mediaIds.create());
  const others = [admin, member, former];
  const conversation = await given.group(owner, others, { name: 'Secret choir', pictureId });
  await actionsOn(conversation).role(owner, admin, 'ADMIN');
  const earlier = await given.message(owner, conversation, { text: 'Secret words' });
  await actionsOn(conversation).leave(former);
  await actionsOn(conversation).rename(owner, 'Later choir, secret too');
  const said = await sayEverything(messaging, owner, {
    ...{ conversationId: conversation, replyToId: earlier.data.sendMessage.message.id as string },
    ...{ mentionedUserIds: [member.publicId], mediaIds: [pictureId], contactId: stranger.publicId },
  });
  const token = await linkTo(owner, conversation, { needsApproval: true });
  const joinRequest = (await invitedBy(token).join(asker))!;
  const inviteLink = await does(
    owner,
    'createInviteLink',
    { conversationId: conversation },
    'inviteLink { id }',
  );
  return {
    clients: { ...outsiders(messaging, owner), stranger, former, member, admin, owner },
    ids: {
      ...{ conversation, ...said, ...(await ownThings(messaging, owner, conversation)) },
      ...{ token, joinRequest, inviteLink: inviteLink.inviteLink.id as string },
      ...{ event: await anEvent(messaging, [owner, member]), ...(await aPartner(messaging)) },
      ...{ stranger: stranger.publicId, member: member.publicId, owner: owner.publicId },
    },
  };
}

/** Runs a mutation that is to succeed. */
async function does(who: Member, mutation: string, input: object, fields = '__typename') {
  const type = `${mutation[0]!.toUpperCase()}${mutation.slice(1)}Input`;
  const { data } = await who.execute(
    `mutation ($input: ${type}!) { ${mutation}(input: $input) { ${fields} userErrors { code message } } }`,
    { input },
  );
  if (data[mutation].userErrors.length > 0) throw new Error(JSON.stringify(data[mutation].userErrors));
  return data[mutation];
}

async function sayEverything({ given, clock }: Messaging, owner: Member, about: { conversationId: string }) {
  const { conversationId } = about;
  const place = { latitude: 1, longitude: 2, label: 'A later, secret place' };
  const everything = { ...about, text: 'Later words, secret too', location: place };
  const sent = await given.message(owner, conversationId, everything);
  const message = sent.data.sendMessage.message.id as string;
  await does(owner, 'addMessageReaction', { messageId: message, emoji: '👍' });
  await does(owner, 'editMessage', { messageId: message, expectedVersion: 1, text: 'Even later, secret' });
  await does(owner, 'saveDraft', { conversationId, text: 'A later, secret draft' });
  const sendAt = new Date(clock.now().getTime() + 3_600_000);
  const scheduled = await does(
    owner,
    'scheduleMessage',
    { ...everything, clientMessageId: 'scheduled', sendAt },
    'scheduledMessage { id }',
  );
  const position = { latitude: 52.5, longitude: 13.4 };
  const shared = await does(
    owner,
    'shareLiveLocation',
    { conversationId, minutes: 60, position },
    'location { id }',
  );
  return {
    message,
    scheduledMessage: scheduled.scheduledMessage.id as string,
    liveLocation: shared.location.id as string,
  };
}

/** A notification on its way, a device and a chat. */
async function ownThings({ db, clock }: Messaging, owner: Member, conversation: string) {
  const at = clock.now();
  const [id, deliveryId, chatId] = [notificationIds.create(), deliveryIds.create(), chatWebhookIds.create()];
  const subject = { subjectType: 'CONVERSATION', subjectId: conversationIds.decode(conversation) } as const;
  const notice = {
    id,
    recipientId: owner.id,
    actorId: owner.id,
    type: 'MESSAGES_MISSED',
    occasion: 'o',
  } as const;
  await db.notification.create({ data: { ...notice, ...subject, createdAt: at } });
  const way = { id: deliveryId, recipientId: owner.id, channel: 'PUSH', status: 'FAILED' } as const;
  await db.delivery.create({
    data: { ...way, notificationId: id, reason: 'SECRET', notBefore: at, createdAt: at },
  });
  await db.chatWebhook.create({
    data: {
      id: chatId,
      personId: owner.id,
      name: 'Secret chat',
      sealedUrl: 'x',
      codeHash: 'x',
      createdAt: at,
    },
  });
  const device = {
    installationId: 'secret-device',
    platform: 'ANDROID',
    fcmToken: 'token',
    name: 'Secret device',
  };
  const registered = await does(owner, 'registerNotificationDevice', device, 'device { id }');
  return {
    notification: notificationIds.encode(id),
    delivery: deliveryIds.encode(deliveryId),
    chat: chatWebhookIds.encode(chatId),
    device: registered.device.id as string,
  };
}

/** An event with a conversation of those people. */
async function anEvent({ db, clock }: Messaging, people: readonly Member[]): Promise<string> {
  const [id, eventId, at] = [conversationIds.create(), eventIds.create(), clock.now()];
  const row = { id, eventId, kind: 'EVENT', name: 'Secret event', memberCount: people.length } as const;
  await db.conversation.create({ data: { ...row, createdAt: at } });
  for (const { id: userId } of people) {
    const side = { conversationId: id, userId, joinedAt: at, lastActivityAt: at };
    await db.participant.create({ data: side });
    await db.visibilityWindow.create({ data: { conversationId: id, userId, afterSequence: 0 } });
  }
  return eventIds.encode(eventId);
}

/** What super users have. */
async function aPartner(messaging: Messaging) {
  const { webhook, change } = partnering(messaging);
  const { id: webhookId } = await webhook({ name: 'Secret office' });
  const tested = await change('sendTestWebhookEvent', { webhookId }, 'delivery { id }');
  const since = new Date(messaging.clock.now().getTime() - 3_600_000);
  const replay = { webhookId, since, idempotencyKey: 'secret' };
  const begun = await change('startWebhookReplay', replay, 'replay { id }');
  return {
    webhook: webhookId,
    webhookDelivery: tested.delivery.id as string,
    webhookReplay: begun.replay.id as string,
  };
}
