import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { delivering } from '../testing/delivering.js';
import { givenMessaging, type Member, type Messaging } from '../testing/given.js';
import { startTarget, type Target } from '../testing/http-target.js';

const list = '{ chatWebhooks { id name status } }';
const connect = `mutation ($input: ConnectChatWebhookInput!) {
  connectChatWebhook(input: $input) { chatWebhook { id name status } userErrors { code path } }
}`;
const confirm = `mutation ($input: ConfirmChatWebhookInput!) {
  confirmChatWebhook(input: $input) { chatWebhook { status } userErrors { code path } }
}`;
const remove = `mutation ($input: RemoveChatWebhookInput!) {
  removeChatWebhook(input: $input) { chatWebhooks { id } userErrors { code path } }
}`;

describe('chats', () => {
  let messaging: Messaging;
  let slack: Target;
  let use: ReturnType<typeof delivering>;
  let ana: Member;
  let ben: Member;
  beforeAll(async () => {
    slack = await startTarget();
    const CHAT_WEBHOOK_HOSTS = ['hooks.slack.com', new URL(slack.url).host];
    messaging = await givenMessaging({ config: { TARGETS_OPEN: true, CHAT_WEBHOOK_HOSTS } });
    use = delivering(messaging);
  });
  afterAll(async () => {
    await slack.stop();
    await messaging.stop();
  });
  beforeEach(async () => {
    slack.taken.length = 0;
    slack.answer(() => ({ status: 200, body: 'ok' }));
    [ana, ben] = [await use.person('Ana'), await use.person('Ben <&>')];
  });

  const url = () => `${slack.url}/services/T0/B0/secret`;
  const wrote = () => slack.taken.map(({ body }) => (JSON.parse(body.toString()) as { text: string }).text);
  const chatsOf = async (person: Member) => (await person.execute(list)).data.chatWebhooks;

  async function aChat() {
    const { data } = await ana.execute(connect, { input: { name: 'Team', url: url() } });
    const chatWebhookId = data.connectChatWebhook.chatWebhook.id as string;
    const code = /\d{6}/.exec(wrote().at(-1)!)![0];
    return { chatWebhookId, code };
  }
  const activeChat = async () => {
    const chat = await aChat();
    await ana.execute(confirm, { input: chat });
    slack.taken.length = 0;
    return chat;
  };

  it('are connected by whoever reads the code there, and shown to nobody else', async () => {
    const chat = await aChat();
    expect(await chatsOf(ana)).toMatchObject([{ name: 'Team', status: 'PENDING' }]);
    expect(await chatsOf(ben)).toEqual([]);
    expect(JSON.stringify(await messaging.db.chatWebhook.findMany())).not.toMatch(/services|secret/);
    const { data } = await ana.execute(confirm, { input: chat });
    expect(data.confirmChatWebhook).toEqual({ chatWebhook: { status: 'ACTIVE' }, userErrors: [] });
  });

  it('are not connected by guessing', async () => {
    const { chatWebhookId, code } = await aChat();
    const wrong = code === '000000' ? '000001' : '000000';
    for (let attempt = 0; attempt < 5; attempt++) {
      const { data } = await ana.execute(confirm, { input: { chatWebhookId, code: wrong } });
      expect(data.confirmChatWebhook.userErrors).toEqual([{ code: 'INVALID_INPUT', path: ['code'] }]);
    }
    const { data } = await ana.execute(confirm, { input: { chatWebhookId, code } });
    expect(data.confirmChatWebhook.userErrors).toEqual([{ code: 'NOT_FOUND', path: ['chatWebhookId'] }]);
  });

  it.each([
    ['another host', () => 'https://hooks.slack.com.evil.example/services/x'],
    ['a host that only looks like it', () => 'https://evil.example/hooks.slack.com'],
    ['credentials in the address', () => url().replace('http://', 'http://hooks.slack.com@')],
  ])('are refused at %s', async (_name, address) => {
    const { data } = await ana.execute(connect, { input: { name: 'Team', url: address() } });
    expect(data.connectChatWebhook.userErrors).toEqual([{ code: 'INVALID_INPUT', path: ['url'] }]);
    expect(slack.taken).toEqual([]);
  });

  it.each([
    ['nobody takes anything', { status: 404 }],
    ['we are sent on to somewhere else', { status: 307, headers: { location: 'http://127.0.0.1:9/' } }],
  ])('are refused where %s', async (_name, answer) => {
    slack.answer(() => answer);
    const { data } = await ana.execute(connect, { input: { name: 'Team', url: url() } });
    expect(data.connectChatWebhook.userErrors).toEqual([{ code: 'INVALID_INPUT', path: ['url'] }]);
    expect(await chatsOf(ana)).toEqual([]);
  });

  it('are five at most, however many are connected at once', async () => {
    const input = { name: 'Team', url: url() };
    const answers = await Promise.all(Array.from({ length: 7 }, () => ana.execute(connect, { input })));
    const codes = answers.flatMap(({ data }) => data.connectChatWebhook.userErrors);
    expect(codes).toEqual(Array(2).fill({ code: 'CONFLICT', path: ['url'] }));
    expect(await chatsOf(ana)).toHaveLength(5);
  });

  it('are told of what happens, in words that are no markup', async () => {
    await activeChat();
    await use.comment(ana, ben);
    await use.work();
    expect(wrote()).toEqual([
      expect.stringMatching(
        /^Ben &lt;&amp;&gt; commented on your post <https:\/\/app\.example\/notifications\/ntf_\w+\|Have a look>$/,
      ),
    ]);
    expect(await use.deliveriesTo(ana, 'SLACK')).toMatchObject([
      { status: 'SENT', attempts: [{ provider: 'slack' }] },
    ]);
  });

  it('that are gone are not written to any more, and their owner sees it', async () => {
    await activeChat();
    slack.answer(() => ({ status: 403, body: 'action_prohibited' }));
    for (let time = 0; time < 2; time++) {
      await use.comment(ana, ben);
      await use.work();
    }
    expect(slack.taken).toHaveLength(1);
    expect(await chatsOf(ana)).toMatchObject([{ status: 'BROKEN' }]);
  });

  it('are removed by their owner only', async () => {
    const { chatWebhookId } = await activeChat();
    const refused = await ben.execute(remove, { input: { chatWebhookId } });
    expect(refused.data.removeChatWebhook.userErrors).toEqual([
      { code: 'NOT_FOUND', path: ['chatWebhookId'] },
    ]);
    const removed = await ana.execute(remove, { input: { chatWebhookId } });
    expect(removed.data.removeChatWebhook).toEqual({ chatWebhooks: [], userErrors: [] });
  });
});
