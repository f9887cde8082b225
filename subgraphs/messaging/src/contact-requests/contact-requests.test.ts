import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { personalDataOf } from '@diaspora/kit/testing';
import { deliverTo, runTask } from '../testing/bus.js';
import { actionsOn, historyOf, membersOf, refusalOf } from '../testing/groups.js';
import { givenMessaging, type Member, type Messaging } from '../testing/given.js';

const open = `mutation ($input: OpenDirectConversationInput!) {
  openDirectConversation(input: $input) { conversation { id } userErrors { code } } }`;

describe('what somebody asks for whom one does not know', () => {
  let messaging: Messaging;
  beforeAll(async () => void (messaging = await givenMessaging()));
  afterAll(() => messaging.stop());

  const pair = async () => [await messaging.given.member(), await messaging.given.member()] as const;
  const opened = async (opener: Member, other: Member): Promise<string> =>
    (await opener.execute(open, { input: { userId: other.publicId } })).data.openDirectConversation
      .conversation.id as string;
  const say = async (sender: Member, conversationId: string): Promise<string | undefined> =>
    (await messaging.given.message(sender, conversationId)).data.sendMessage.userErrors[0]?.code;
  const boxOf = async (who: Member, id: string): Promise<string> =>
    (await who.execute('query ($id: ID!) { conversation(id: $id) { box } }', { id })).data.conversation.box;
  const listed = async (who: Member, box: string): Promise<string[]> => {
    const { data } = await who.execute(
      `{ conversations(first: 20, filter: { box: ${box} }) { nodes { id } } }`,
    );
    return (data.conversations.nodes as { id: string }[]).map(({ id }) => id);
  };
  const accept = (who: Member, conversationId: string) =>
    refusalOf(who, 'acceptContactRequest', { conversationId });
  const decline = (who: Member, conversationId: string) =>
    refusalOf(who, 'declineContactRequest', { conversationId });

  /** Ana has written to ben, whom she does not know. */
  async function aRequest() {
    const [ana, ben] = await pair();
    const id = await opened(ana, ben);
    await say(ana, id);
    return { ana, ben, id };
  }

  it('lies apart from the first message on, and goes on for whoever asks', async () => {
    const { ana, ben, id } = await aRequest();
    expect([await listed(ben, 'INBOX'), await listed(ben, 'REQUESTS')]).toEqual([[], [id]]);
    expect(await listed(ana, 'INBOX')).toEqual([id]);
    expect(await historyOf(ben, id)).toEqual(['1 Salut!']);
    expect(await say(ana, id)).toBeUndefined();
    expect(await listed(ben, 'INBOX')).toEqual([]);
  });

  it.each(['by name', 'by an answer'])('is accepted %s', async (how) => {
    const { ana, ben, id } = await aRequest();
    expect(await (how === 'by name' ? accept(ben, id) : say(ben, id))).toBeUndefined();
    expect([await listed(ben, 'INBOX'), await listed(ben, 'REQUESTS')]).toEqual([[id], []]);
    expect(await accept(ben, id)).toBeUndefined();
    expect(await decline(ben, id)).toBe('CONFLICT');
    expect(await boxOf(ana, id)).toBe('INBOX');
  });

  it('is declined without the other being told: nothing arrives until the decliner writes', async () => {
    const { ana, ben, id } = await aRequest();
    expect(await decline(ben, id)).toBeUndefined();
    expect(await decline(ben, id)).toBeUndefined();
    expect([await listed(ben, 'INBOX'), await listed(ben, 'REQUESTS')]).toEqual([[], []]);
    expect(await boxOf(ana, id)).toBe('INBOX');
    expect(await say(ana, id)).toBe('CONVERSATION_CLOSED');
    expect(await opened(ana, ben)).toBe(id);
    expect(await say(ben, id)).toBeUndefined();
    expect(await listed(ben, 'INBOX')).toEqual([id]);
    expect(await say(ana, id)).toBeUndefined();
  });

  it('is none between friends, nor for whoever was written to', async () => {
    const [ana, ben] = await pair();
    await messaging.given.friends(ana, ben);
    const id = await opened(ana, ben);
    await say(ana, id);
    expect(await listed(ben, 'INBOX')).toEqual([id]);
    const { ana: cleo, ben: dan, id: request } = await aRequest();
    await say(dan, request);
    expect(await listed(cleo, 'INBOX')).toEqual([request]);
  });

  it('is none where both have opened the conversation before anything is said', async () => {
    const [ana, ben] = await pair();
    const id = await opened(ana, ben);
    expect(await opened(ben, ana)).toBe(id);
    await say(ana, id);
    expect(await listed(ben, 'INBOX')).toEqual([id]);
  });

  it('stays one when it is only looked at', async () => {
    const { ana, ben, id } = await aRequest();
    expect(await opened(ben, ana)).toBe(id);
    expect(await listed(ben, 'REQUESTS')).toEqual([id]);
  });

  it.each(['REQUESTS', 'DECLINED'])('ends when the two become friends: %s', async (box) => {
    const { ana, ben, id } = await aRequest();
    if (box === 'DECLINED') await decline(ben, id);
    await deliverTo(messaging, 'user.connected', {
      personId: ana.publicId,
      otherId: ben.publicId,
      version: 1,
    });
    expect(await listed(ben, 'INBOX')).toEqual([id]);
  });

  it('is declined by a block; what was accepted stays to be read', async () => {
    const { ana, ben, id } = await aRequest();
    const accepted = await aRequest();
    await accept(accepted.ben, accepted.id);
    for (const [blocker, blocked] of [
      [ben, ana],
      [accepted.ben, accepted.ana],
    ] as const)
      await deliverTo(messaging, 'user.blocked', {
        personId: blocker.publicId,
        otherId: blocked.publicId,
        version: 1,
      });
    expect(await boxOf(ben, id)).toBe('DECLINED');
    expect(await boxOf(accepted.ben, accepted.id)).toBe('INBOX');
  });

  it('is not overtaken by what users told before: a tie that has ended moves nothing', async () => {
    const { ana, ben, id } = await aRequest();
    const tie = { personId: ana.publicId, otherId: ben.publicId };
    await deliverTo(messaging, 'user.disconnected', { ...tie, version: 2 });
    await deliverTo(messaging, 'user.connected', { ...tie, version: 1 });
    await deliverTo(messaging, 'user.unblocked', { ...tie, version: 2 });
    await deliverTo(messaging, 'user.blocked', { ...tie, version: 1 });
    expect(await boxOf(ben, id)).toBe('REQUESTS');
  });

  it('is a group, too, into which somebody is brought by a stranger; declining leaves it for good', async () => {
    const [ana, ben] = await pair();
    const id = await messaging.given.group(ana, []);
    const { add, role, leave } = actionsOn(id);
    expect(await add(ana, [ben])).toBeUndefined();
    expect([await listed(ben, 'INBOX'), await listed(ben, 'REQUESTS')]).toEqual([[], [id]]);
    expect(await role(ana, ben, 'OWNER')).toBe('NOT_FOUND');
    expect(await leave(ana, ben)).toBe('NOT_FOUND');
    expect(await decline(ben, id)).toBeUndefined();
    expect(await membersOf(ana, id)).toEqual([[ana.publicId, 'OWNER']]);
    expect(await historyOf(ana, id)).toEqual(['1 CREATED Choir', '2 ADDED 1', '3 LEFT']);
    expect(await add(ana, [ben])).toBe('NOT_CONTACTABLE');
    await messaging.given.friends(ana, ben);
    expect(await add(ana, [ben])).toBeUndefined();
    expect(await listed(ben, 'INBOX')).toEqual([id]);
  });

  it('lays no group upon who was only asked, and leaves none without an owner', async () => {
    const [ana, friend] = await pair();
    const [asked, askedToo] = await pair();
    const id = await messaging.given.group(ana, []);
    const { add } = actionsOn(id);
    expect(await add(ana, [asked, askedToo])).toBeUndefined();
    await messaging.given.friends(ana, friend);
    messaging.clock.advance(1_000);
    await add(ana, [friend]);
    const { erase } = personalDataOf(messaging.subgraph.jobs!, messaging.privateStore);
    await erase(ana.id);
    expect(new Map(await membersOf(friend, id)).get(friend.publicId)).toBe('OWNER');
    await erase(friend.id);
    const rolesOf = async (who: Member) => (await membersOf(who, id)).map(([, role]) => role).sort();
    expect(await rolesOf(asked)).toEqual(['MEMBER', 'OWNER']);
    const owner = new Map(await membersOf(asked, id)).get(asked.publicId) === 'OWNER' ? asked : askedToo;
    expect(await decline(owner, id)).toBeUndefined();
    expect(await rolesOf(owner === asked ? askedToo : asked)).toEqual(['OWNER']);
  });

  it('is told of once, and never as a message that was missed', async () => {
    const { ana, ben, id } = await aRequest();
    await say(ana, id);
    for (const data of await messaging.published(id, 'message.sent'))
      await deliverTo(messaging, 'message.sent', data);
    messaging.clock.advance(3_600_000);
    await runTask(messaging, 'tellMissedMessages');
    const notices = () => messaging.db.notification.findMany({ where: { recipientId: ben.id } });
    expect(await notices()).toMatchObject([{ type: 'MESSAGE_REQUESTED', actorId: ana.id }]);
    await accept(ben, id);
    for (const data of await messaging.published(id, 'message.sent'))
      await deliverTo(messaging, 'message.sent', data);
    messaging.clock.advance(3_600_000);
    await runTask(messaging, 'tellMissedMessages');
    expect((await notices()).map(({ type }) => type).sort()).toEqual([
      'MESSAGES_MISSED',
      'MESSAGE_REQUESTED',
    ]);
  });

  it.each(['acceptContactRequest', 'declineContactRequest'])(
    '%s is for whoever is asked',
    async (mutation) => {
      const { ana, ben, id } = await aRequest();
      const stranger = await messaging.given.member();
      expect(await refusalOf(stranger, mutation, { conversationId: id })).toBe('NOT_FOUND');
      await refusalOf(ana, mutation, { conversationId: id });
      expect([await boxOf(ana, id), await boxOf(ben, id)]).toEqual(['INBOX', 'REQUESTS']);
    },
  );
});
