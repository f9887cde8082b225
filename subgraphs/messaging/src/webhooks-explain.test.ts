import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPool } from '@diaspora/kit';
import { webhookIds } from './ids.js';
import { runTask } from './testing/bus.js';
import { givenMessaging, type Messaging } from './testing/given.js';
import { partnering } from './testing/webhooks.js';

const rows = 20_000;

/** Reading a whole table, and sorting what an index has in order. */
const unindexed = /Seq Scan on webhook_(deliveries|events|attempts)|Sort Key: (?!number|id$)/m;

describe(`with ${rows} deliveries to twenty webhooks`, () => {
  let messaging: Messaging;
  let use: ReturnType<typeof partnering>;
  let admin: ReturnType<typeof createPool>;
  let id: string;
  beforeAll(async () => {
    messaging = await givenMessaging();
    use = partnering(messaging);
    for (let count = 0; count < 20; count++) ({ id } = await use.webhook());
    admin = createPool({ url: messaging.database.adminUrl });
    for (const sql of [
      `INSERT INTO webhook_events (id, source, type, version, subject, data, person_ids, occurred_at, created_at)
       SELECT gen_random_uuid(), 'events', 'event.cancelled', 1, n, '{}', ARRAY[gen_random_uuid()], at, at
       FROM (SELECT n, now() - random() * interval '29 days' AS at FROM generate_series(1, ${rows}) n) made`,
      `INSERT INTO webhook_deliveries (id, webhook_id, event_id, status, not_before, attempts_left, created_at)
       SELECT gen_random_uuid(), w.id, e.id, (ARRAY['PENDING', 'FAILED', 'HELD', 'DELIVERED', 'DELIVERED', 'DELIVERED']
         ::webhook_delivery_status[])[1 + floor(random() * 6)], now() + interval '1 day', 9, e.created_at
       FROM (SELECT id, created_at, row_number() OVER () AS n FROM webhook_events) e
       JOIN (SELECT id, row_number() OVER () AS n FROM webhooks) w ON w.n = 1 + e.n % 20`,
      `INSERT INTO webhook_attempts (id, delivery_id, number, started_at)
       SELECT gen_random_uuid(), id, 1, created_at FROM webhook_deliveries`,
      'VACUUM ANALYZE',
    ])
      await admin.query(sql);
  }, 120_000);
  afterAll(async () => {
    await admin.end();
    await messaging.stop();
  });

  /** Plans of what was sent meanwhile, parameters unknown as for a prepared statement. */
  async function plansOf(act: () => Promise<unknown>): Promise<string[]> {
    const before = messaging.sent.length;
    await act();
    const statements = messaging.sent.slice(before).filter((sql) => /webhook_/.test(sql));
    expect(statements.length).toBeGreaterThan(0);
    const plans = statements.map(async (sql) => {
      const plan = await admin.query<{ 'QUERY PLAN': string }>(`EXPLAIN (GENERIC_PLAN) ${sql}`);
      return [sql, ...plan.rows.map((row) => row['QUERY PLAN'])].join('\n');
    });
    return Promise.all(plans);
  }
  async function expectIndexed(act: () => Promise<unknown>): Promise<void> {
    for (const plan of await plansOf(act)) expect(plan).not.toMatch(unindexed);
  }

  it.each([
    ['all', ''],
    ['in one state', 'statuses: [FAILED]'],
    ['in several', 'statuses: [FAILED, HELD]'],
    ['of a time', 'since: "2000-01-01T00:00:00Z", until: "2100-01-01T00:00:00Z"'],
  ])('the log is read in order by its index: %s', async (_name, filter) => {
    const list = `query ($after: String) {
      webhookDeliveries(webhookId: "${id}", filter: { ${filter} }, first: 20, after: $after) {
        nodes { id event { type } attempts { number } } pageInfo { endCursor } } }`;
    const { data } = await use.root.execute(list);
    expect(data.webhookDeliveries.nodes).toHaveLength(20);
    const after = data.webhookDeliveries.pageInfo.endCursor as string;
    await expectIndexed(() => use.root.execute(list));
    await expectIndexed(() => use.root.execute(list, { after }));
  });

  it('what is due is found, and when the next is', async () => {
    const webhookId = webhookIds.decode(id);
    await expectIndexed(() => runTask(messaging, 'sendToWebhook', { webhookId }));
  });

  it('what is too old is found, and who is erased', async () => {
    await expectIndexed(() => runTask(messaging, 'forgetWebhookEvents'));
    const personId = (await messaging.given.member()).id;
    await expectIndexed(() =>
      messaging.db.webhookEvent.deleteMany({ where: { personIds: { has: personId } } }),
    );
  });
});
