import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aViewer, auditLines, type TestClient } from '@diaspora/kit/testing';
import { webhookIds } from '../ids.js';
import { givenMessaging, type Messaging } from '../testing/given.js';
import { partnering } from '../testing/webhooks.js';

const byReference = `query ($id: ID!) {
  _entities(representations: [{ __typename: "Webhook", id: $id }]) { ... on Webhook { id url } }
}`;
const read = 'query ($id: ID!) { webhook(id: $id) { name secrets { hint expiresAt } } }';

describe('webhooks', () => {
  let messaging: Messaging;
  let use: ReturnType<typeof partnering>;
  beforeAll(async () => {
    messaging = await givenMessaging();
    use = partnering(messaging);
  });
  afterAll(() => messaging.stop());

  const rowOf = (id: string) =>
    messaging.db.webhook.findUniqueOrThrow({
      where: { id: webhookIds.decode(id) },
      include: { secrets: { orderBy: { id: 'asc' } } },
    });

  it('show their secret once, and keep address and secret sealed', async () => {
    const { id, secret } = await use.webhook({ url: 'https://partner.example/hooks?key=abc' });
    expect(Buffer.from(secret.replace(/^whsec_/, ''), 'base64')).toHaveLength(32);
    const row = await rowOf(id);
    expect(JSON.stringify(row)).not.toMatch(/partner\.example|whsec_/);
    const { data } = await use.root.execute(
      'query ($id: ID!) { webhook(id: $id) { url secrets { hint } } }',
      {
        id,
      },
    );
    expect(data.webhook).toEqual({
      url: 'https://partner.example/hooks?key=abc',
      secrets: [{ hint: secret.slice(-4) }],
    });
    const lines = await auditLines(messaging.db, id);
    expect(lines).toMatchObject([{ action: 'webhook.created' }]);
    expect(JSON.stringify(lines)).not.toMatch(/whsec_|key=abc/);
  });

  it('are made once under one key, with the same answer, however many ask at once', async () => {
    const input = use.inputOf();
    const before = await messaging.db.webhook.count();
    const answers = await Promise.all([1, 2, 3, 4].map(() => use.root.execute(use.create, { input })));
    expect(new Set(answers.map(({ data }) => JSON.stringify(data))).size).toBe(1);
    expect(await messaging.db.webhook.count()).toBe(before + 1);
    const { data } = await use.root.execute(use.create, { input: { ...input, name: 'Another' } });
    expect(data.createWebhook.userErrors).toMatchObject([{ code: 'CONFLICT' }]);
    const stored = await messaging.db.$queryRaw`SELECT response::text FROM kit.idempotency_keys`;
    expect(JSON.stringify(stored)).not.toContain('whsec_');
  });

  it.each([
    ['an address without TLS', { url: 'http://partner.example/' }, ['url']],
    ['a private address', { url: 'https://10.0.0.1/' }, ['url']],
    ['credentials in the address', { url: 'https://a:b@partner.example/' }, ['url']],
    ['no types', { eventTypes: [] }, ['eventTypes']],
    ['a type that nobody has', { eventTypes: ['event.cancelled', 'no.such'] }, ['eventTypes', '1']],
    ['a type that is not for partners', { eventTypes: ['session.revoked'] }, ['eventTypes', '0']],
    ['a name of nothing', { name: '  ' }, ['name']],
    [
      'a path that the data does not have',
      { filter: [{ path: 'nobody', anyOf: ['x'] }] },
      ['filter', '0', 'path'],
    ],
    [
      'a path that one of the types does not have',
      { eventTypes: ['event.changed', 'event.cancelled'], filter: [{ path: 'domain', anyOf: ['x'] }] },
      ['filter', '0', 'path'],
    ],
    [
      'a value that the field never has',
      { eventTypes: ['event.changed'], filter: [{ path: 'visibility', anyOf: ['PUBLIC', 'SECRET'] }] },
      ['filter', '0', 'anyOf', '1'],
    ],
    [
      'a number that is none',
      { filter: [{ path: 'version', anyOf: ['one'] }] },
      ['filter', '0', 'anyOf', '0'],
    ],
    ['a condition without values', { filter: [{ path: 'version', anyOf: [] }] }, ['filter', '0', 'anyOf']],
    ['a path of the language', { filter: [{ path: '__proto__', anyOf: ['x'] }] }, ['filter', '0', 'path']],
  ])('are refused with %s', async (_name, fault, path) => {
    const before = await messaging.db.webhook.count();
    const { data } = await use.ask(fault);
    expect(data.createWebhook.userErrors).toMatchObject([{ code: 'INVALID_INPUT', path }]);
    expect(await messaging.db.webhook.count()).toBe(before);
  });

  it('are changed in the version that was seen, and keep what is not named', async () => {
    const filter = [{ path: 'visibility', anyOf: ['PUBLIC'] }];
    const { id } = await use.webhook({ eventTypes: ['event.changed'], filter });
    const fields = 'webhook { name url eventTypes filter { path anyOf } version }';
    const input = { webhookId: id, expectedVersion: 1, name: 'Tickets' };
    const changed = await use.change('updateWebhook', input, fields);
    expect(changed.webhook).toMatchObject({ name: 'Tickets', filter, version: 2 });
    const stale = await use.change('updateWebhook', input, fields);
    expect(stale).toMatchObject({
      userErrors: [{ code: 'CONFLICT', path: ['expectedVersion'] }],
      webhook: { version: 2 },
    });
    const others = { webhookId: id, expectedVersion: 2, eventTypes: ['event.cancelled'] };
    expect((await use.change('updateWebhook', others)).userErrors).toEqual([
      { code: 'INVALID_INPUT', path: ['filter', '0', 'path'] },
    ]);
    const cleared = await use.change('updateWebhook', { ...others, filter: null }, fields);
    expect(cleared.webhook).toMatchObject({ eventTypes: ['event.cancelled'], filter: [] });
  });

  it('sign with two secrets at most, the one before until its end', async () => {
    const { id, secret: first } = await use.webhook();
    const rotate = (overlapHours: number) =>
      use.change('rotateWebhookSecret', { webhookId: id, overlapHours }, 'secret');
    const { secret: second } = await rotate(2);
    expect(second).not.toBe(first);
    const { secret: third } = await rotate(1);
    const { secrets } = await rowOf(id);
    expect(secrets.map(({ hint }) => hint)).toEqual([second.slice(-4), third.slice(-4)]);
    const end = new Date(messaging.clock.now().getTime() + 3_600_000);
    expect(secrets.map(({ expiresAt }) => expiresAt)).toEqual([end, null]);
    const { data } = await use.root.execute(read, { id });
    expect(data.webhook.secrets).toMatchObject([{ hint: third.slice(-4), expiresAt: null }, {}]);
  });

  it('are turned off with a reason and on again, each once', async () => {
    const { id } = await use.webhook();
    for (let time = 0; time < 2; time++)
      expect(
        await use.change('disableWebhook', { webhookId: id, reason: 'Moving' }, 'webhook { disabledReason }'),
      ).toEqual({ webhook: { disabledReason: 'BY_HAND' }, userErrors: [] });
    for (let time = 0; time < 2; time++)
      expect((await use.change('enableWebhook', { webhookId: id })).webhook.status).toBe('ENABLED');
    const actions = (await auditLines(messaging.db, id)).map(({ action }) => action);
    expect(actions).toEqual(['webhook.created', 'webhook.disabled', 'webhook.enabled']);
  });

  it('leave nothing of their address and their secrets when they are removed, and are nowhere then', async () => {
    const { id } = await use.webhook();
    expect(await use.change('removeWebhook', { webhookId: id }, 'webhookId')).toEqual({
      webhookId: id,
      userErrors: [],
    });
    expect(await rowOf(id)).toMatchObject({ status: 'REMOVED', sealedUrl: '', secrets: [] });
    expect((await use.root.execute(read, { id })).data.webhook).toBeNull();
    expect((await use.root.execute(byReference, { id })).data._entities).toEqual([null]);
    const { data } = await use.root.execute('{ webhooks(first: 100) { nodes { id } } }');
    expect(data.webhooks.nodes).not.toContainEqual({ id });
    for (const [name, input] of [
      ['updateWebhook', { expectedVersion: 1 }],
      ['rotateWebhookSecret', {}],
      ['disableWebhook', { reason: 'x' }],
      ['enableWebhook', {}],
      ['removeWebhook', {}],
    ] as const) {
      const { userErrors } = await use.change(name, { ...input, webhookId: id }, '__typename');
      expect(userErrors).toEqual([{ code: 'NOT_FOUND', path: ['webhookId'] }]);
    }
  });

  describe('are for super users only:', () => {
    let id: string;
    const others: Record<string, [TestClient, string]> = {};
    beforeAll(async () => {
      ({ id } = await use.webhook());
      others['a visitor'] = [messaging.anonymous, 'UNAUTHENTICATED'];
      others['a member'] = [await messaging.given.member(), 'FORBIDDEN'];
      others['an ambassador'] = [messaging.as(aViewer({ roles: ['AMBASSADOR', 'REGULAR'] })), 'FORBIDDEN'];
      const program = aViewer({ kind: 'service', roles: ['SERVICE'], scopes: ['events:read'] });
      others['a program'] = [messaging.as(program), 'FORBIDDEN'];
    });

    it.each(['a visitor', 'a member', 'an ambassador', 'a program'])('not for %s', async (who) => {
      const [client, code] = others[who]!;
      const before = await messaging.db.webhook.findMany({ include: { secrets: true } });
      expect((await client.execute('{ webhooks(first: 1) { nodes { id } } }')).codes).toEqual([code]);
      expect(await client.execute(read, { id })).toMatchObject({ codes: [code], data: { webhook: null } });
      expect(await client.execute(byReference, { id })).toMatchObject({
        codes: [],
        data: { _entities: [null] },
      });
      for (const [name, input] of [
        ['createWebhook', use.inputOf()],
        ['updateWebhook', { webhookId: id, expectedVersion: 1 }],
        ['rotateWebhookSecret', { webhookId: id }],
        ['disableWebhook', { webhookId: id, reason: 'x' }],
        ['enableWebhook', { webhookId: id }],
        ['removeWebhook', { webhookId: id }],
      ] as const) {
        const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input`;
        const document = `mutation ($input: ${type}!) { ${name}(input: $input) { userErrors { code } } }`;
        expect((await client.execute(document, { input })).codes).toEqual([code]);
      }
      expect(await messaging.db.webhook.findMany({ include: { secrets: true } })).toEqual(before);
    });
  });
});
