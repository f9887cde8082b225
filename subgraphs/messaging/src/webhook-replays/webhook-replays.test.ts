import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { aViewer, auditLines, waitingForLocks, type TestClient } from '@diaspora/kit/testing';
import { webhookIds, webhookReplayIds } from '../ids.js';
import { runAdded } from '../testing/bus.js';
import { givenPartner, type MadeWebhook, type Partner } from '../testing/webhooks.js';

const fields = 'replay { id status progress { done total } includesDelivered webhook { id } }';
const watch = `query ($id: ID!) { webhookReplay(id: $id) { status progress { done total } error { code } } }`;

describe('a replay', () => {
  let partner: Partner;
  let messaging: Partner['messaging'];
  let use: Partner['use'];
  let receiver: Partner['receiver'];
  let made: MadeWebhook;
  let keys = 0;
  beforeAll(async () => {
    partner = await givenPartner();
    ({ messaging, use, receiver } = partner);
  });
  afterAll(() => partner.stop());
  beforeEach(async () => {
    await messaging.db.webhook.updateMany({ data: { status: 'REMOVED' } });
    receiver.taken.length = 0;
    receiver.answer(() => ({ status: 200 }));
    made = await use.webhook({ url: receiver.url });
  });

  const inputOf = (since: Date, overrides: object = {}) => ({
    ...{ idempotencyKey: `replay-${++keys}`, webhookId: made.id, since: since.toISOString() },
    ...overrides,
  });
  const start = (since: Date, overrides: object = {}) =>
    use.change('startWebhookReplay', inputOf(since, overrides), fields);
  const run = () => runAdded(messaging, { name: 'replayWebhookDeliveries' });
  const seen = async (id: string) => (await use.root.execute(watch, { id })).data.webhookReplay;
  const statuses = async () => (await use.deliveriesOf(made)).map(({ status }) => status);

  /** One that was taken, one that was given up, and one that was taken, an hour apart; when the first was. */
  async function history(): Promise<Date> {
    const begin = messaging.clock.now();
    const afterHours = (hours: number) => ({ createdAt: new Date(begin.getTime() + hours * 3_600_000) });
    for (let count = 0; count < 3; count++) await use.callOff();
    await use.work();
    const [first, second, third] = await use.deliveriesOf(made);
    const { db } = messaging;
    await db.webhookDelivery.update({ where: { id: first!.id }, data: afterHours(0) });
    await db.webhookDelivery.update({
      where: { id: second!.id },
      data: { ...afterHours(1), status: 'FAILED' },
    });
    await db.webhookDelivery.update({ where: { id: third!.id }, data: afterHours(2) });
    use.pass(4 * 3_600);
    receiver.taken.length = 0;
    return begin;
  }

  it('sends again what was not taken in a time, under its id, and says how far it is', async () => {
    const begin = await history();
    const { replay, userErrors } = await start(begin);
    expect(userErrors).toEqual([]);
    expect(replay).toMatchObject({ status: 'QUEUED', includesDelivered: false, webhook: { id: made.id } });
    await run();
    expect(await seen(replay.id)).toMatchObject({ status: 'SUCCEEDED', progress: { done: 1, total: 1 } });
    expect(await statuses()).toEqual(['DELIVERED', 'PENDING', 'DELIVERED']);
    await use.work();
    expect(receiver.taken).toHaveLength(1);
    expect(await statuses()).toEqual(['DELIVERED', 'DELIVERED', 'DELIVERED']);
    const actions = (await auditLines(messaging.db, made.id)).map(({ action }) => action);
    expect(actions).toEqual(['webhook.created', 'webhook.replayStarted']);
  });

  it('sends again what was taken, too, where that is wished, within its ends', async () => {
    const begin = await history();
    const until = new Date(begin.getTime() + 2 * 3_600_000).toISOString();
    await start(begin, { until, includesDelivered: true });
    await run();
    expect(await statuses()).toEqual(['PENDING', 'PENDING', 'DELIVERED']);
  });

  it('brings what came while the webhook was turned off', async () => {
    const begin = messaging.clock.now();
    await use.change('disableWebhook', { webhookId: made.id, reason: 'Moving' });
    const { messageId } = await use.callOff();
    await use.work();
    use.pass(60);
    const refused = await start(begin);
    expect(refused.userErrors).toEqual([{ code: 'CONFLICT', path: ['webhookId'] }]);
    await use.change('enableWebhook', { webhookId: made.id });
    await start(begin);
    await run();
    await use.work();
    expect((await use.deliveriesOf(made))[0]).toMatchObject({ eventId: messageId, status: 'DELIVERED' });
  });

  it('is begun once under one key, and one at a time for each webhook', async () => {
    const begin = await history();
    const input = inputOf(begin);
    const begins = await Promise.all([1, 2, 3].map(() => use.change('startWebhookReplay', input, fields)));
    expect(new Set(begins.map(({ replay }) => replay.id)).size).toBe(1);
    expect((await start(begin)).userErrors).toMatchObject([{ code: 'CONFLICT' }]);
    await run();
    expect((await start(begin)).userErrors).toEqual([]);
    await run();
  });

  it('that is cancelled puts nothing more on its way', async () => {
    const begin = await history();
    const { replay } = await start(begin);
    const cancel = () => use.change('cancelWebhookReplay', { webhookReplayId: replay.id }, fields);
    expect((await cancel()).replay).toMatchObject({ status: 'CANCELLED' });
    expect((await cancel()).userErrors).toMatchObject([{ code: 'CONFLICT' }]);
    await run();
    expect(await statuses()).toEqual(['DELIVERED', 'FAILED', 'DELIVERED']);
  });

  /** More than two pages that nobody has taken, in the order in which a replay goes through them, and its id. */
  async function longReplay() {
    const begin = messaging.clock.now();
    const webhookId = webhookIds.decode(made.id);
    await messaging.db.$executeRaw`
      WITH made AS (
        INSERT INTO webhook_events (id, source, type, version, subject, data, occurred_at, created_at)
        SELECT gen_random_uuid(), 'events', 'event.cancelled', 1, 'k', '{}', ${begin}, ${begin}
        FROM generate_series(1, 1200) RETURNING id)
      INSERT INTO webhook_deliveries (id, webhook_id, event_id, status, not_before, attempts_left, created_at)
      SELECT gen_random_uuid(), ${webhookId}::uuid, id, 'HELD', ${begin}, 0, ${begin} FROM made`;
    use.pass(60);
    const { replay } = await start(begin);
    const inOrder = await messaging.db.webhookDelivery.findMany({
      where: { webhookId },
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    });
    const onTheirWay = async () => {
      const rows = await messaging.db.webhookDelivery.findMany({ where: { webhookId, status: 'PENDING' } });
      return new Set(rows.map(({ id }) => id));
    };
    const idsOf = (from: number, until?: number) => new Set(inOrder.slice(from, until).map(({ id }) => id));
    return { begin, id: replay.id as string, inOrder, onTheirWay, idsOf };
  }

  it('that is cancelled in the middle keeps what is on its way, and puts nothing more there', async () => {
    const { id, inOrder, onTheirWay, idsOf } = await longReplay();
    let running: Promise<void>;
    await messaging.db.$transaction(async (tx) => {
      // Of its second page.
      await tx.$queryRaw`SELECT FROM webhook_deliveries WHERE id = ${inOrder[700]!.id}::uuid FOR UPDATE`;
      running = run();
      await waitingForLocks(messaging.pool);
      const { replay } = await use.change('cancelWebhookReplay', { webhookReplayId: id }, fields);
      expect(replay).toMatchObject({ status: 'CANCELLED', progress: { done: 500, total: 1200 } });
    });
    await running!;
    expect(await onTheirWay()).toEqual(idsOf(0, 500));
    await run();
    expect([await seen(id), await onTheirWay()]).toMatchObject([{ status: 'CANCELLED' }, idsOf(0, 500)]);
  });

  it('goes on where it was when its process was killed', async () => {
    const { begin, id, inOrder, onTheirWay, idsOf } = await longReplay();
    // As a process leaves it that is killed after its first page.
    const cursor = JSON.stringify({ createdAt: begin.toISOString(), id: inOrder[499]!.id });
    await messaging.db.$executeRaw`
      UPDATE kit.long_jobs SET status = 'RUNNING', run = 1, done = 500, total = 1200, cursor = ${cursor}::jsonb
      WHERE id = ${webhookReplayIds.decode(id)}::uuid`;
    await run();
    expect(await seen(id)).toMatchObject({ status: 'SUCCEEDED', progress: { done: 1200, total: 1200 } });
    expect(await onTheirWay()).toEqual(idsOf(500));
  });

  it('ends as failed when its webhook is turned off meanwhile', async () => {
    const begin = await history();
    const { replay } = await start(begin);
    await use.change('disableWebhook', { webhookId: made.id, reason: 'Moving' });
    await run();
    expect(await seen(replay.id)).toMatchObject({ status: 'FAILED', error: { code: 'CONFLICT' } });
  });

  it('that ends before it begins, or of no webhook, is refused', async () => {
    const now = messaging.clock.now();
    const backwards = await start(now, { until: new Date(now.getTime() - 1).toISOString() });
    expect(backwards.userErrors).toEqual([{ code: 'INVALID_INPUT', path: ['until'] }]);
    const nowhere = await start(now, { webhookId: 'whk_01h2xcejqtf2nbrexx3vqjhp41', until: null });
    expect(nowhere.userErrors).toMatchObject([{ code: 'INVALID_INPUT' }]);
    use.pass(1);
    const unknown = await start(now, { webhookId: 'whk_01h2xcejqtf2nbrexx3vqjhp41' });
    expect(unknown.userErrors).toEqual([{ code: 'NOT_FOUND', path: ['webhookId'] }]);
  });

  it.each(['a visitor', 'a member', 'a program'])('is not for %s', async (who) => {
    const clients: Record<string, [TestClient, string]> = {
      'a visitor': [messaging.anonymous, 'UNAUTHENTICATED'],
      'a member': [await messaging.given.member(), 'FORBIDDEN'],
      'a program': [messaging.as(aViewer({ kind: 'service', roles: ['SERVICE'] })), 'FORBIDDEN'],
    };
    const [client, code] = clients[who]!;
    const begin = await history();
    const { replay } = await start(begin);
    expect(await client.execute(watch, { id: replay.id })).toMatchObject({
      codes: [code],
      data: { webhookReplay: null },
    });
    for (const [name, input] of [
      ['startWebhookReplay', inputOf(begin)],
      ['cancelWebhookReplay', { webhookReplayId: replay.id }],
    ] as const) {
      const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input`;
      const document = `mutation ($input: ${type}!) { ${name}(input: $input) { userErrors { code } } }`;
      expect((await client.execute(document, { input })).codes).toEqual([code]);
    }
    expect(await seen(replay.id)).toMatchObject({ status: 'QUEUED' });
    await run();
  });
});
