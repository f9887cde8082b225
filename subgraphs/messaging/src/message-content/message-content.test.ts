import { createSealer } from '@diaspora/kit';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mediaIds, userIds } from '../ids.js';
import { viewerSecret } from '../testing/config.js';
import { givenMessaging, type Member, type Messaging } from '../testing/given.js';

const content = `id text isForwarded replyTo { text } mentions { id } contact { id }
  location { label point { latitude longitude } }`;
const send = `mutation ($input: SendMessageInput!) {
  sent: sendMessage(input: $input) { message { ${content} } userErrors { code path } } }`;
const forward = `mutation ($input: ForwardMessageInput!) {
  sent: forwardMessage(input: $input) { message { ${content} } userErrors { code path } } }`;

describe('what a message says', () => {
  let messaging: Messaging;
  beforeAll(async () => void (messaging = await givenMessaging({ freeMessagesPerDay: 1_000 })));
  afterAll(() => messaging.stop());

  let keys = 0;
  const pair = async () => {
    const [ana, ben] = [await messaging.given.member(), await messaging.given.member()];
    return { ana, ben, conversationId: await messaging.given.conversation(ana, ben) };
  };
  const say = async (who: Member, conversationId: string, input: object) => {
    const { data } = await who.execute(send, {
      input: { conversationId, clientMessageId: `k-${++keys}`, ...input },
    });
    return data.sent;
  };
  const passOn = async (who: Member, messageId: string, conversationId: string) => {
    const input = { messageId, conversationId, clientMessageId: `k-${++keys}` };
    return (await who.execute(forward, { input })).data.sent;
  };
  /** What messaging tells content to show a person with a message. */
  async function grantOf(who: Member, id: string) {
    const { data } = await who.execute(
      'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Message { mediaGrant } } }',
      { r: [{ __typename: 'Message', id }] },
    );
    const sealed = data._entities[0]?.mediaGrant as string | null;
    return sealed && JSON.parse(createSealer(viewerSecret, 'media of messages').open(sealed));
  }

  it('may be a reply, a call, a place and a card, with or without words', async () => {
    const { ana, ben, conversationId } = await pair();
    const { message: first } = await say(ana, conversationId, { text: 'Where?' });
    const { message } = await say(ben, conversationId, {
      replyToId: first.id,
      mentionedUserIds: [ana.publicId, ana.publicId],
      location: { latitude: 44.43, longitude: 26.1, label: 'București' },
      contactId: ana.publicId,
    });
    expect(message).toMatchObject({
      text: '',
      isForwarded: false,
      replyTo: { text: 'Where?' },
      mentions: [{ id: ana.publicId }],
      contact: { id: ana.publicId },
      location: { label: 'București', point: { latitude: 44.43, longitude: 26.1 } },
    });
  });

  it.each<[string, (there: { stranger: string; foreign: string }) => object, string, string]>([
    ['nothing', () => ({}), 'INVALID_INPUT', 'text'],
    [
      'a reply to a message of another conversation',
      ({ foreign }) => ({ text: 'x', replyToId: foreign }),
      'NOT_FOUND',
      'replyToId',
    ],
    [
      'a call to somebody who is not here',
      ({ stranger }) => ({ text: 'x', mentionedUserIds: [stranger] }),
      'NOT_FOUND',
      'mentionedUserIds',
    ],
    ['the card of nobody', () => ({ contactId: userIds.encode(userIds.create()) }), 'NOT_FOUND', 'contactId'],
    [
      'a place beyond the pole',
      () => ({ location: { latitude: 90.1, longitude: 0 } }),
      'INVALID_INPUT',
      'location',
    ],
    [
      'an id of something else',
      ({ stranger }) => ({ text: 'x', replyToId: stranger }),
      'INVALID_INPUT',
      'replyToId',
    ],
    [
      'eleven files',
      () => ({ mediaIds: Array.from({ length: 11 }, () => mediaIds.encode(mediaIds.create())) }),
      'INVALID_INPUT',
      'mediaIds',
    ],
  ])('is not %s', async (_what, input, code, field) => {
    const { ana, conversationId } = await pair();
    const stranger = await messaging.given.member();
    const elsewhere = await messaging.given.conversation(ana, stranger);
    const { message: foreign } = await say(ana, elsewhere, { text: 'There' });
    const answer = await say(
      ana,
      conversationId,
      input({ stranger: stranger.publicId, foreign: foreign.id }),
    );
    expect(answer).toMatchObject({ message: null, userErrors: [{ code }] });
    expect(answer.userErrors[0].path[0]).toBe(field);
  });

  it('is not the card of somebody whom a block separates from the sender', async () => {
    const { ana, conversationId } = await pair();
    const third = await messaging.given.member();
    await messaging.db.block.create({
      data: { blockerId: third.id, blockedId: ana.id, isActive: true, version: 1 },
    });
    const answer = await say(ana, conversationId, { contactId: third.publicId });
    expect(answer.userErrors).toEqual([{ code: 'NOT_FOUND', path: ['contactId'] }]);
  });

  it('is one message by its key and all that it says', async () => {
    const { ana, ben, conversationId } = await pair();
    const input = { clientMessageId: 'same', text: 'x', contactId: ben.publicId };
    const { message } = await say(ana, conversationId, input);
    expect((await say(ana, conversationId, input)).message.id).toBe(message.id);
    const other = await say(ana, conversationId, { ...input, contactId: ana.publicId });
    expect(other.userErrors).toEqual([{ code: 'CONFLICT', path: ['clientMessageId'] }]);
  });

  it('grants its files to whoever sees it, as its sender’s, and to nobody else', async () => {
    const { ana, ben, conversationId } = await pair();
    const file = mediaIds.create();
    const { message } = await say(ana, conversationId, { mediaIds: [mediaIds.encode(file)] });
    expect(await grantOf(ben, message.id)).toMatchObject({
      mediaIds: [file],
      ownerId: ana.id,
      viewerId: ben.id,
    });
    expect(await grantOf(await messaging.given.member(), message.id)).toBeUndefined();
    const { message: words } = await say(ana, conversationId, { text: 'no file' });
    expect(await grantOf(ben, words.id)).toBeNull();
  });

  it('is passed on with its files as those of whoever sent them, without reply and calls', async () => {
    const { ana, ben, conversationId } = await pair();
    const third = await messaging.given.member();
    const elsewhere = await messaging.given.conversation(ben, third);
    const { message: first } = await say(ana, conversationId, { text: 'first' });
    const file = mediaIds.create();
    const { message } = await say(ana, conversationId, {
      text: 'Look!',
      replyToId: first.id,
      mentionedUserIds: [ben.publicId],
      mediaIds: [mediaIds.encode(file)],
    });
    const { message: passed } = await passOn(ben, message.id, elsewhere);
    expect(passed).toMatchObject({ text: 'Look!', isForwarded: true, replyTo: null, mentions: [] });
    expect(await grantOf(third, passed.id)).toMatchObject({ mediaIds: [file], ownerId: ana.id });
  });

  it('that was passed on is one by its key, also when its original is gone', async () => {
    const { ana, ben, conversationId } = await pair();
    const elsewhere = await messaging.given.conversation(ben, await messaging.given.member());
    const { message } = await say(ana, conversationId, { text: 'Look!' });
    const input = { messageId: message.id, conversationId: elsewhere, clientMessageId: 'once' };
    const passed = async (overrides: object = {}) =>
      (await ben.execute(forward, { input: { ...input, ...overrides } })).data.sent;
    const first = await passed();
    await ana.execute(
      'mutation ($input: DeleteMessageInput!) { deleteMessage(input: $input) { userErrors { code } } }',
      { input: { messageId: message.id, scope: 'EVERYONE' } },
    );
    expect(await passed()).toEqual(first);
    const gone = { message: null, userErrors: [{ code: 'NOT_FOUND', path: ['messageId'] }] };
    expect(await passed({ clientMessageId: 'another' })).toEqual(gone);
    // A message of its own under that key is none that was passed on.
    await say(ben, elsewhere, { text: 'Mine', clientMessageId: 'mine' });
    expect(await passed({ clientMessageId: 'mine' })).toEqual(gone);
  });

  it('answers a repeated forward as the first time, also when its original was edited meanwhile', async () => {
    const { ana, ben, conversationId } = await pair();
    const elsewhere = await messaging.given.conversation(ben, await messaging.given.member());
    const { message } = await say(ana, conversationId, { text: 'At six' });
    const { message: other } = await say(ana, conversationId, { text: 'At seven' });
    const passed = async (messageId: string) => {
      const input = { messageId, conversationId: elsewhere, clientMessageId: 'once' };
      return (await ben.execute(forward, { input })).data.sent;
    };
    const first = await passed(message.id);
    await ana.execute(
      'mutation ($input: EditMessageInput!) { editMessage(input: $input) { userErrors { code } } }',
      { input: { messageId: message.id, text: 'At seven', expectedVersion: 1 } },
    );
    expect(await passed(message.id)).toEqual(first);
    expect((await passed(other.id)).userErrors).toEqual([{ code: 'CONFLICT', path: ['clientMessageId'] }]);
  });

  it('is passed on by nobody who does not see it, and to nowhere they do not write', async () => {
    const { ana, ben, conversationId } = await pair();
    const third = await messaging.given.member();
    const elsewhere = await messaging.given.conversation(ben, third);
    const { message } = await say(ana, conversationId, { text: 'Secret' });
    expect((await passOn(third, message.id, elsewhere)).userErrors).toEqual([
      { code: 'NOT_FOUND', path: ['messageId'] },
    ]);
    expect((await passOn(ana, message.id, elsewhere)).userErrors).toEqual([
      { code: 'NOT_FOUND', path: ['conversationId'] },
    ]);
  });
});
