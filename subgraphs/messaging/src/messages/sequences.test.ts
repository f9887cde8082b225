import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { conversationIds, messageIds } from '../ids.js';
import { givenMessaging, type Messaging } from '../testing/given.js';

const edit = `mutation ($id: ID!, $text: String!) {
  editMessage(input: { messageId: $id, text: $text, expectedVersion: 1 }) { userErrors { code } } }`;
const remove = `mutation ($id: ID!) {
  deleteMessage(input: { messageId: $id, scope: EVERYONE }) { userErrors { code } } }`;
const react = `mutation ($id: ID!) {
  addMessageReaction(input: { messageId: $id, emoji: "👍" }) { userErrors { code } } }`;
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

let messaging: Messaging;
let second: ReturnType<Messaging['anotherProcess']>;
beforeAll(async () => {
  messaging = await givenMessaging();
  second = messaging.anotherProcess();
});
afterAll(() => messaging.stop());

it('a hundred messages sent at once, and again, are numbered 1 to 100 while others are changed and deleted', async () => {
  const entitlements = ['UNLIMITED_MESSAGING'];
  const [ana, ben] = [
    await messaging.given.member({ entitlements }),
    await messaging.given.member({ entitlements }),
  ];
  const conversationId = await messaging.given.conversation(ana, ben);
  const key = conversationIds.decode(conversationId);
  const failures: string[] = [];

  /** Sends a message, does something to it, and sends it again as whoever lost the answer would. */
  async function live(count: number): Promise<void> {
    const process = count % 4 < 2 ? messaging : second;
    const client = process.as((count % 2 ? ana : ben).viewer);
    const input = { conversationId, clientMessageId: `m-${count}`, text: `Message ${count}` };
    const first = await client.execute(messaging.given.sendDocument, { input });
    const id = first.data?.sendMessage.message?.id as string;
    const change = [edit, remove, react][count % 3]!;
    const changed = await client.execute(change, {
      id,
      ...(change === edit && { text: `Changed ${count}` }),
    });
    const again = await (process === second ? messaging : second)
      .as((count % 2 ? ana : ben).viewer)
      .execute(messaging.given.sendDocument, { input });
    if (again.data?.sendMessage.message?.id !== id) failures.push(`${count} was sent again`);
    failures.push(...[first, changed, again].flatMap(({ codes }) => codes));
  }
  await Promise.all(upTo(100).map(live));

  expect(failures).toEqual([]);
  const messages = await messaging.db.message.findMany({
    where: { conversationId: key },
    orderBy: { sequence: 'asc' },
  });
  expect(messages.map(({ sequence }) => sequence)).toEqual(upTo(100));
  const ids = messages.map(({ id }) => messageIds.encode(id));
  const published = await messaging.published(conversationId, 'message.sent');
  expect(published.map(({ messageId }) => messageId)).toEqual(ids);
  const events = await messaging.db.conversationEvent.findMany({
    where: { conversationId: key },
    orderBy: { position: 'asc' },
  });
  expect(events.map(({ position }) => position)).toEqual(upTo(200));
  const told = events.filter(({ kind }) => kind === 'MESSAGE_SENT').map(({ messageId }) => messageId);
  expect(told).toEqual(messages.map(({ id }) => id));
}, 60_000);
