import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { MessageHandler } from '@diaspora/kit';
import type { Transaction } from './database.js';
import { givenMessaging, type Member, type Messaging } from './testing/given.js';

const open = `mutation ($input: OpenDirectConversationInput!) {
  openDirectConversation(input: $input) { conversation { id } userErrors { code path } } }`;

describe('whom people let write to them', () => {
  let messaging: Messaging;
  beforeAll(async () => void (messaging = await givenMessaging()));
  afterAll(() => messaging.stop());

  async function deliver(type: string, data: object): Promise<void> {
    const handlers = messaging.subgraph.handlers as readonly MessageHandler<Transaction>[];
    for (const handler of handlers.filter((each) => each.type === type)) {
      const origin = { id: 'm', source: handler.source, type, key: 'k', time: messaging.clock.now() };
      const rest = { requestId: undefined, traceparent: undefined, data: handler.schema.parse(data) };
      await messaging.db.$transaction((tx) => handler.handle({ ...origin, ...rest }, tx));
    }
  }
  const says = (person: Member, contactableBy: string | undefined, version = 2) =>
    deliver('user.profileChanged', {
      ...{ userId: person.publicId, displayName: 'Ana', languages: [] },
      ...{ version, contactableBy },
    });
  const friends = (areFriends: boolean, person: Member, other: Member, version = 1) =>
    deliver(areFriends ? 'user.connected' : 'user.disconnected', {
      ...{ personId: person.publicId, otherId: other.publicId, version },
    });
  const pair = async () => [await messaging.given.member(), await messaging.given.member()] as const;
  const refusal = async (opener: Member, other: Member) =>
    (await opener.execute(open, { input: { userId: other.publicId } })).data.openDirectConversation
      .userErrors[0]?.code;

  it('refuses a new conversation to whoever it is not for', async () => {
    const [ana, ben] = await pair();
    await says(ben, 'NOBODY');
    const before = await messaging.db.conversation.count();
    expect(await refusal(ana, ben)).toBe('NOT_CONTACTABLE');
    expect(await messaging.db.conversation.count()).toBe(before);
    await says(ben, 'CONNECTIONS', 3);
    expect(await refusal(ana, ben)).toBe('NOT_CONTACTABLE');
    await friends(true, ana, ben);
    expect(await refusal(ana, ben)).toBeUndefined();
  });

  it('lets everybody write to those who said nothing, or said so', async () => {
    const [ana, ben] = await pair();
    await says(ben, undefined);
    expect(await refusal(ana, ben)).toBeUndefined();
  });

  it('is what was told last, in whatever order it arrives', async () => {
    const [ana, ben] = await pair();
    await says(ben, 'CONNECTIONS', 5);
    await says(ben, 'EVERYONE', 4);
    await friends(false, ana, ben, 2);
    await friends(true, ben, ana, 1);
    expect(await refusal(ana, ben)).toBe('NOT_CONTACTABLE');
    await friends(true, ben, ana, 3);
    expect(await refusal(ana, ben)).toBeUndefined();
  });

  it('leaves conversations that there are, and lets whoever was written to answer', async () => {
    const [ana, ben] = await pair();
    await says(ana, 'NOBODY');
    const conversation = await messaging.given.conversation(ana, ben);
    expect(await refusal(ben, ana)).toBeUndefined();
    const { data } = await messaging.given.message(ben, conversation);
    expect(data.sendMessage.userErrors).toEqual([]);
  });
});
