import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { waitingForLocks } from '@diaspora/kit/testing';
import webPush from 'web-push';
import { deliverTo, runTask } from '../testing/bus.js';
import { delivering } from '../testing/delivering.js';
import { actionsOn } from '../testing/groups.js';
import { givenMessaging, type Member, type Messaging } from '../testing/given.js';

const vapid = { ...webPush.generateVAPIDKeys(), subject: 'mailto:ops@example.org' };

describe('a notice of messages that wait', () => {
  let messaging: Messaging;
  let use: ReturnType<typeof delivering>;
  beforeAll(async () => {
    messaging = await givenMessaging({ config: { TARGETS_OPEN: true, push: { fcm: null, vapid } } });
    use = delivering(messaging);
  });
  afterAll(() => messaging.stop());

  const look = () => runTask(messaging, 'tellMissedMessages');
  const does = (who: Member, mutation: string, input: object) =>
    who.execute(
      `mutation ($input: ${mutation[0]!.toUpperCase()}${mutation.slice(1)}Input!) {
        ${mutation}(input: $input) { userErrors { code } } }`,
      { input },
    );

  /** As the bus tells of it. Answers the id of the message. */
  async function say(sender: Member, conversationId: string): Promise<string> {
    const { data } = await messaging.given.message(sender, conversationId);
    const { id: messageId, sequence, sentAt } = data.sendMessage.message;
    const told = { messageId, conversationId, senderId: sender.publicId, sequence, sentAt };
    await deliverTo(messaging, 'message.sent', told);
    return messageId as string;
  }

  /** Ana has not read for five minutes what Ben said in their group; nothing is on its way yet. */
  async function aMissedMessage() {
    const [ana, ben] = [await use.person('Ana'), await use.person('Ben')];
    await use.device(ana, 'http://127.0.0.1:1');
    const conversationId = await messaging.given.group(ben, [ana]);
    const messageId = await say(ben, conversationId);
    use.pass(5);
    await look();
    return { ana, ben, conversationId, messageId };
  }
  type Missed = Awaited<ReturnType<typeof aMissedMessage>>;

  it.each<[string, (missed: Missed) => Promise<unknown>]>([
    [
      'were read meanwhile',
      ({ ana, conversationId }) => does(ana, 'markConversationRead', { conversationId, upToSequence: 3 }),
    ],
    [
      'are in a conversation that was muted meanwhile',
      ({ ana, conversationId }) => does(ana, 'muteConversation', { conversationId }),
    ],
    [
      'were deleted meanwhile',
      ({ ben, messageId }) => does(ben, 'deleteMessage', { messageId, scope: 'EVERYONE' }),
    ],
    [
      'are in a group that was left meanwhile',
      ({ ana, conversationId }) => actionsOn(conversationId).leave(ana),
    ],
  ])('is not sent when they %s', async (_what, happens) => {
    const missed = await aMissedMessage();
    await happens(missed);
    await use.work();
    const { id: recipientId } = missed.ana;
    const notification = { type: 'MESSAGES_MISSED' as const };
    expect(
      await messaging.db.delivery.findMany({ where: { recipientId, channel: 'PUSH', notification } }),
    ).toMatchObject([{ status: 'SKIPPED' }]);
  });

  it('takes its place in digests in the order in which everybody does', async () => {
    const [one, other] = [await use.person('One'), await use.person('Other')];
    const [low, high] = one.id < other.id ? [one, other] : [other, one];
    const ben = await use.person('Ben');
    for (const person of [low, high]) await use.comment(person, ben);
    // The conversation of the higher person is looked at first.
    for (const person of [high, low]) await say(ben, await messaging.given.conversation(ben, person));
    use.pass(5);
    let looked: Promise<void>;
    await messaging.db.$transaction(async (tx) => {
      const lock = ({ id }: Member) =>
        tx.$queryRaw`SELECT FROM deliveries WHERE recipient_id = ${id}::uuid AND digest_window IS NOT NULL FOR UPDATE`;
      await lock(low);
      looked = look();
      await waitingForLocks(messaging.pool);
      await lock(high);
    });
    await looked!;
    const where = { recipientId: { in: [low.id, high.id] }, type: 'MESSAGES_MISSED' as const };
    expect(await messaging.db.notification.count({ where })).toBe(2);
  });

  it('keeps no other work waiting while servers of others are slow', () => {
    expect(messaging.subgraph.jobs!['deliver']!.isSlow).toBe(true);
  });
});
