import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { deliverSent, deliverTo, runTask } from '../testing/bus.js';
import { actionsOn, invitedBy, linkTo, refusalOf } from '../testing/groups.js';
import { givenMessaging, type Member, type Messaging } from '../testing/given.js';

const list = `{ notifications(first: 20) { nodes { type readAt actor { id } subject { __typename id } } } }`;

describe('notices of what happens in conversations', () => {
  let messaging: Messaging;
  let ana: Member;
  let ben: Member;
  let cleo: Member;
  let id: string;
  beforeAll(async () => {
    messaging = await givenMessaging();
  });
  afterAll(() => messaging.stop());
  beforeEach(async () => {
    const { member, group } = messaging.given;
    [ana, ben, cleo] = [await member(), await member(), await member()];
    id = await group(ana, [ben]);
    await deliverSent(messaging, id);
    const withdrawnAt = messaging.clock.now();
    await messaging.db.notification.updateMany({ where: { recipientId: ben.id }, data: { withdrawnAt } });
  });

  const notices = async (person: Member) =>
    (await person.execute(list)).data.notifications.nodes as { type: string; readAt: string | null }[];
  const told = async (person: Member) =>
    (await notices(person)).map(({ readAt: _readAt, ...notice }) => notice);
  const conversation = () => ({ __typename: 'Conversation', id });

  describe('a mention', () => {
    const call = async (person: Member, conversationId = id) => {
      const calling = { mentionedUserIds: [person.publicId] };
      const answer = await messaging.given.message(ana, conversationId, calling);
      await deliverSent(messaging, conversationId);
      return answer.data.sendMessage.message as { id: string; sequence: number };
    };
    const mention = (messageId: string) => ({
      ...{ type: 'MENTIONED', actor: { id: ana.publicId } },
      subject: { __typename: 'Message', id: messageId },
    });
    const does = (person: Member, mutation: string, input: object) => refusalOf(person, mutation, input);

    it('is told at once, once, to whoever is called', async () => {
      const { id: messageId } = await call(ben);
      await deliverSent(messaging, id);
      expect(await told(ben)).toEqual([mention(messageId)]);
      expect(await told(ana)).toEqual([]);
    });

    it('breaks through a muted conversation, and not through one that is silenced', async () => {
      const until = new Date(messaging.clock.now().getTime() + 3_600_000);
      expect(await does(ben, 'muteConversation', { conversationId: id, until })).toBeUndefined();
      const { id: messageId } = await call(ben);
      expect(await told(ben)).toEqual([mention(messageId)]);
      await ben.execute(
        'mutation ($input: SilenceNotificationsInput!) { silenceNotifications(input: $input) { userErrors { code } } }',
        { input: { subjectId: id, kind: 'MUTED' } },
      );
      await call(ben);
      const outside = await messaging.db.delivery.count({ where: { recipientId: ben.id } });
      expect([await told(ben), outside]).toEqual([[mention(messageId)], 1]);
    });

    it('is not told by a way that was turned off for mentions', async () => {
      await ben.execute(
        'mutation ($input: SetNotificationRuleInput!) { setNotificationRule(input: $input) { userErrors { code } } }',
        { input: { type: 'MENTIONED', channel: 'IN_APP', cadence: 'OFF' } },
      );
      await call(ben);
      expect(await told(ben)).toEqual([]);
    });

    it('is not told of a conversation that was not accepted, nor of somebody who is blocked', async () => {
      expect(await actionsOn(id).add(ana, [cleo])).toBeUndefined();
      await call(cleo);
      expect((await told(cleo)).map(({ type }) => type)).toEqual(['MESSAGE_REQUESTED']);
      const tie = { personId: ben.publicId, otherId: ana.publicId, version: 1 };
      await deliverTo(messaging, 'user.blocked', tie);
      await call(ben);
      expect(await told(ben)).toEqual([]);
    });

    it('is read as soon as the message is, and not before', async () => {
      const [first, second] = [await call(ben), await call(ben)];
      const read = (upToSequence: number) =>
        does(ben, 'markConversationRead', { conversationId: id, upToSequence });
      await read(first.sequence);
      expect((await notices(ben)).map(({ readAt }) => readAt !== null)).toEqual([false, true]);
      await read(second.sequence);
      expect((await notices(ben)).map(({ readAt }) => readAt !== null)).toEqual([true, true]);
    });

    it('of a message that was read before the bus told of it is none', async () => {
      const message = await messaging.given.message(ana, id, { mentionedUserIds: [ben.publicId] });
      const { sequence: upToSequence } = message.data.sendMessage.message;
      await does(ben, 'markConversationRead', { conversationId: id, upToSequence });
      await deliverSent(messaging, id);
      expect(await told(ben)).toEqual([]);
    });

    it('is taken back with the message, and with the conversation', async () => {
      const [{ id: messageId }] = [await call(ben), await call(ben)];
      await ana.execute(
        'mutation ($input: DeleteMessageInput!) { deleteMessage(input: $input) { userErrors { code } } }',
        { input: { messageId, scope: 'EVERYONE' } },
      );
      expect(await told(ben)).toHaveLength(1);
      await actionsOn(id).leave(ben);
      expect(await told(ben)).toEqual([]);
    });

    it('leaves nothing to tell of messages that wait', async () => {
      await call(ben);
      messaging.clock.advance(6 * 60_000);
      await runTask(messaging, 'tellMissedMessages');
      expect((await told(ben)).map(({ type }) => type)).toEqual(['MENTIONED']);
    });
  });

  it('tell friends that they were added, strangers that somebody asks, and nobody twice', async () => {
    await messaging.given.friends(ana, cleo);
    const stranger = await messaging.given.member();
    await actionsOn(id).add(ana, [cleo, stranger]);
    for (let time = 0; time < 2; time++) await deliverSent(messaging, id);
    const by = { actor: { id: ana.publicId }, subject: conversation() };
    expect(await told(cleo)).toEqual([{ type: 'GROUP_ADDED', ...by }]);
    expect(await told(stranger)).toEqual([{ type: 'MESSAGE_REQUESTED', ...by }]);
    expect(await told(ben)).toEqual([]);
    await refusalOf(stranger, 'acceptContactRequest', { conversationId: id });
    await actionsOn(id).remove(ana, cleo);
    expect([await told(stranger), await told(cleo)]).toEqual([[], []]);
  });

  describe('a wish to join', () => {
    const ask = async () => (await invitedBy(await linkTo(ana, id, { needsApproval: true })).join(cleo))!;
    const decide = (who: Member, joinRequestId: string, isApproved: boolean) =>
      who.execute(
        'mutation ($input: DecideJoinRequestInput!) { decideJoinRequest(input: $input) { userErrors { code } } }',
        { input: { joinRequestId, isApproved } },
      );
    const wish = () => ({
      ...{ type: 'GROUP_JOIN_REQUESTED', actor: { id: cleo.publicId }, subject: conversation() },
    });

    it('is told to the owner and the admins, once', async () => {
      const dan = await messaging.given.member();
      await messaging.given.friends(ana, dan);
      await actionsOn(id).add(ana, [dan]);
      await actionsOn(id).role(ana, ben, 'ADMIN');
      for (let time = 0; time < 2; time++) await ask();
      for (const admin of [ana, ben]) expect(await told(admin)).toEqual([wish()]);
      expect([await told(dan), await told(cleo)]).toEqual([[], []]);
      await actionsOn(id).role(ana, ben, 'MEMBER');
      expect(await told(ben)).toEqual([]);
    });

    it.each([
      ['approved', true, { type: 'GROUP_JOIN_APPROVED', isSeen: true }],
      ['declined', false, { type: 'GROUP_JOIN_DECLINED', isSeen: false }],
    ])(
      'that is %s is gone for the admins and told to whoever had it',
      async (_name, isApproved, expected) => {
        await actionsOn(id).role(ana, ben, 'ADMIN');
        const request = await ask();
        for (let time = 0; time < 2; time++) await decide(ben, request, isApproved);
        expect([await told(ana), await told(ben)]).toEqual([[], []]);
        const { type, isSeen } = expected;
        expect(await told(cleo)).toEqual([{ type, actor: null, subject: isSeen ? conversation() : null }]);
        messaging.clock.advance(1);
        const again = await ask();
        expect(await told(ana)).toEqual(isApproved ? [] : [wish()]);
        expect(again === undefined).toBe(isApproved);
      },
    );

    it('is decided by being added', async () => {
      await ask();
      await messaging.given.friends(ana, cleo);
      expect(await actionsOn(id).add(ana, [cleo])).toBeUndefined();
      expect(await told(ana)).toEqual([]);
      const { data } = await ana.execute(
        'query ($id: ID!) { conversation(id: $id) { joinRequests(first: 5) { nodes { id } } } }',
        { id },
      );
      expect(data.conversation.joinRequests.nodes).toEqual([]);
    });
  });
});
