import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { comment, eventually, post, uploadPhoto } from '../actions.js';
import { signUp, type Client } from '../client.js';
import { startInOneProcess } from './running.js';

const person = (name: string, languages: string[]) => ({
  ...{ email: `${name}@notices.example`, password: `a good password of ${name}`, displayName: `The ${name}` },
  ...{ countryOfOrigin: 'RO', countryOfResidence: 'DE', city: 'Berlin', languages },
});

let running: Awaited<ReturnType<typeof startInOneProcess>>;
let author: Client;
let reader: Client;
beforeAll(async () => {
  running = await startInOneProcess();
  const join = (name: string, languages: string[]) =>
    signUp(running.url, running.mailbox, person(name, languages));
  [author, reader] = [await join('author', ['fr', 'en']), await join('reader', ['en'])];
});
afterAll(() => running.stop());

const cadence = async () => {
  const { notificationPreferences } = await author.must(
    '{ notificationPreferences { rules { type channel cadence because } } }',
  );
  const rules = notificationPreferences.rules as { type: string; channel: string; cadence: string }[];
  return rules.find(({ type, channel }) => type === 'POST_COMMENTED' && channel === 'EMAIL');
};

it('a mail of a notification is read in the mailbox, and its link ends such mails', async () => {
  await author.must(
    'mutation ($input: SetNotificationRuleInput!) { setNotificationRule(input: $input) { userErrors { message } } }',
    { input: { channel: 'EMAIL', cadence: 'IMMEDIATE' } },
  );
  const startedAt = new Date();
  const postId = await post(author, { idempotencyKey: 'p', text: 'Bună ziua', language: 'ro' });
  await comment(reader, { idempotencyKey: 'c', postId, text: 'Salut!' });
  const to = 'author@notices.example';
  const mail = await running.mailbox.waitForMail({ to, after: startedAt });
  expect(mail.subject).toBe('The reader a commenté votre publication');

  const box = `http://127.0.0.1:${running.ports.mailbox}`;
  const { html } = (await (await fetch(`${box}/messages/${mail.id}`)).json()) as { html: string };
  expect(html).toContain('<html lang="fr" dir="ltr">');
  const raw = (await (await fetch(`${box}/mails/${mail.id}/raw`)).text()).replace(/\r\n[ \t]+/g, '');
  expect(raw).toMatch(/^List-Unsubscribe-Post: List-Unsubscribe=One-Click$/im);
  const link = /^List-Unsubscribe:\s*<([^>]+)>/im.exec(raw)![1]!;
  expect(html).toContain(link);

  const page = await fetch(link);
  expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('<form method="post">')]);
  expect(await cadence()).toMatchObject({ cadence: 'IMMEDIATE' });
  const click = { method: 'POST', body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }) };
  expect((await fetch(link, click)).status).toBe(200);
  expect(await cadence()).toMatchObject({ cadence: 'OFF', because: 'TYPE' });
  const delivered = '{ notifications(first: 1) { nodes { deliveries { channel status } } } }';
  const status = await eventually(async () => {
    const { data } = await author.send(delivered);
    const deliveries = data.notifications.nodes[0].deliveries as { channel: string; status: string }[];
    return deliveries.find((each) => each.status === 'SENT')?.channel;
  }, 'the delivery of the mail');
  expect(status).toBe('EMAIL');
});

it('a picture of a group, and one of a message, are seen by who is in, by whoever has a link, and by nobody else', async () => {
  const pictureId = await uploadPhoto(author, 'choir');
  const group = { idempotencyKey: 'choir', name: 'Choir', memberIds: [], pictureId };
  const { createGroup } = await author.must(
    `mutation ($input: CreateGroupInput!) { createGroup(input: $input) {
      conversation { id picture { url } } userErrors { message } } }`,
    { input: group },
  );
  const { id, picture } = createGroup.conversation;
  expect((await fetch(picture.url as string)).headers.get('content-type')).toMatch(/^image\//);
  const { createInviteLink } = await author.must(
    `mutation ($input: CreateInviteLinkInput!) { createInviteLink(input: $input) { token userErrors { message } } }`,
    { input: { conversationId: id } },
  );
  const { token } = createInviteLink;
  const invited =
    'query ($token: String!) { invitedGroup(token: $token) { name memberCount picture { id } } }';
  const seen = { name: 'Choir', memberCount: 1, picture: { id: pictureId } };
  expect((await reader.must(invited, { token })).invitedGroup).toEqual(seen);
  const list = '{ conversations(first: 5) { nodes { id picture { id contentType } } } }';
  expect((await reader.must(list)).conversations.nodes).toEqual([]);
  const inList = { id, picture: { id: pictureId, contentType: expect.stringMatching(/^image\//) } };
  await author.must(
    `mutation ($input: SendMessageInput!) { sendMessage(input: $input) { message { media { id } } userErrors { message } } }`,
    { input: { conversationId: id, clientMessageId: 'photo', mediaIds: [pictureId] } },
  );
  await reader.must(
    `mutation ($input: JoinByInviteLinkInput!) { joinByInviteLink(input: $input) { userErrors { message } } }`,
    { input: { token } },
  );
  expect((await reader.must(list)).conversations.nodes).toEqual([inList]);
  const { node } = await reader.must(
    'query ($id: ID!) { node(id: $id) { ... on Conversation { picture { id } messages(last: 2) { nodes { media { id } } } } } }',
    { id },
  );
  expect(node.picture).toEqual({ id: pictureId });
  expect(node.messages.nodes).toEqual([{ media: [{ id: pictureId }] }, { media: [] }]);
});
