import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPool } from '@diaspora/kit';
import { aViewer, type TestClient } from '@diaspora/kit/testing';
import { conversationIds, userIds } from './ids.js';
import { givenMessaging, type Member, type Messaging } from './testing/given.js';

const rows = 20_000;

/** Reading a whole table; and sorting many rows: what hangs on a page is sorted by `id` or `number`. */
const unindexed = /Seq Scan/;
const unordered = /Seq Scan|Sort Key: (?!(?:id|number)$)/m;

describe(`with ${rows} rows, what people and those who run the platform look up`, () => {
  let messaging: Messaging;
  let admin: ReturnType<typeof createPool>;
  let ana: Member;
  let root: TestClient;
  const long = conversationIds.create();
  beforeAll(async () => {
    messaging = await givenMessaging();
    ana = await messaging.given.member();
    root = messaging.as(aViewer({ roles: ['SUPER_USER', 'REGULAR'] }));
    const people = [ana.id, ...Array.from({ length: 19 }, () => userIds.create())]
      .map((id) => `'${id}'`)
      .join();
    const somebody = `(ARRAY[${people}]::uuid[])[1 + n % 20]`;
    admin = createPool({ url: messaging.database.adminUrl });
    for (const sql of [
      `INSERT INTO conversations (id, kind, pair_key, created_at)
       SELECT CASE n WHEN 20 THEN '${long}' ELSE gen_random_uuid() END, 'DIRECT', n::text, now()
       FROM generate_series(1, ${rows}) n`,
      `INSERT INTO participants (conversation_id, user_id, joined_at, last_activity_at)
       SELECT id, (ARRAY[${people}]::uuid[])[1 + pair_key::int % 20], now(), now() - random() * interval '90 days'
       FROM conversations`,
      `INSERT INTO visibility_windows (conversation_id, user_id, after_sequence) VALUES ('${long}', '${ana.id}', 0)`,
      `UPDATE conversations SET last_sequence = 5 WHERE id = '${long}'`,
      `INSERT INTO messages (id, conversation_id, sequence, sender_id, client_message_id, text, sent_at)
       SELECT gen_random_uuid(), '${long}', n, gen_random_uuid(), n, 'text', now() FROM generate_series(1, ${rows}) n`,
      `INSERT INTO follows (follower_id, followed_id, is_active, version)
       SELECT CASE n % 200 WHEN 0 THEN '${ana.id}'::uuid ELSE gen_random_uuid() END, gen_random_uuid(), true, 1
       FROM generate_series(1, ${rows}) n`,
      `INSERT INTO notifications (id, recipient_id, type, occasion, subject_type, subject_id, actor_id, object_id, created_at,
         read_at, seen_at, archived_at)
       SELECT gen_random_uuid(), ${somebody}, CASE n % 7 WHEN 0 THEN 'MENTIONED' ELSE 'POST_REACTED' END::notification_type,
         n, 'POST', gen_random_uuid(),
         CASE n % 40 WHEN 0 THEN (SELECT followed_id FROM follows WHERE follower_id = '${ana.id}' LIMIT 1)
           ELSE gen_random_uuid() END,
         gen_random_uuid(), now() - random() * interval '90 days', read, read, CASE WHEN n % 9 = 0 THEN read END
       FROM (SELECT n, CASE WHEN n / 20 % 20 > 0 THEN now() END AS read FROM generate_series(1, ${rows}) n) made`,
      `INSERT INTO deliveries (id, recipient_id, channel, notification_id, status, not_before, created_at)
       SELECT gen_random_uuid(), recipient_id, (ARRAY['PUSH', 'EMAIL', 'SLACK']::notification_channel[])[1 + n % 3], id,
         CASE WHEN n % 5 > 0 THEN 'SENT' ELSE 'FAILED' END::delivery_status, created_at, created_at
       FROM (SELECT *, (row_number() OVER (ORDER BY created_at, id))::int AS n FROM notifications) made`,
      `INSERT INTO delivery_attempts (id, delivery_id, number, provider, started_at)
       SELECT gen_random_uuid(), id, 1, 'log', created_at FROM deliveries`,
      `INSERT INTO silences (person_id, object_type, object_id, kind, created_at)
       SELECT ${somebody}, 'POST', gen_random_uuid(), 'MUTED', now() - random() * interval '90 days'
       FROM generate_series(1, ${rows}) n`,
      `INSERT INTO drafts (conversation_id, user_id, text, saved_at)
       SELECT conversation_id, user_id, 'Well', now() FROM participants`,
      `INSERT INTO scheduled_messages (id, conversation_id, sender_id, client_message_id, text, status, send_at, created_at)
       SELECT gen_random_uuid(), CASE n % 10 WHEN 0 THEN '${long}' ELSE conversation_id END, user_id, gen_random_uuid(),
         'Later', (ARRAY['PENDING', 'SENT', 'SENT', 'SENT', 'FAILED']::scheduled_message_status[])[1 + n / 10 % 5],
         now() + random() * interval '90 days', now()
       FROM (SELECT *, (row_number() OVER (PARTITION BY user_id))::int AS n FROM participants) made`,
      'VACUUM ANALYZE',
    ])
      await admin.query(sql);
  }, 120_000);
  afterAll(async () => {
    await admin.end();
    await messaging.stop();
  });

  /** Plans of what a query reads, parameters unknown as for a prepared statement. */
  async function plansOf(
    who: TestClient,
    query: string,
    variables: object = {},
    wanted = /^\s*SELECT/,
  ): Promise<string[]> {
    const before = messaging.sent.length;
    expect((await who.execute(query, { ...variables })).errors).toEqual([]);
    const statements = messaging.sent.slice(before).filter((sql) => wanted.test(sql));
    expect(statements.length).toBeGreaterThan(0);
    return Promise.all(
      statements.map(async (sql) => {
        const plan = await admin.query<{ 'QUERY PLAN': string }>(`EXPLAIN (GENERIC_PLAN) ${sql}`);
        return [sql, ...plan.rows.map((row) => row['QUERY PLAN'])].join('\n');
      }),
    );
  }

  /** A page, and the one after it. */
  async function expectIndexed(who: TestClient, list: string, path: string, wrong = unordered) {
    const query = `query ($after: String) { ${list} }`;
    const { data } = await who.execute(query);
    const { pageInfo, nodes } = path.split('.').reduce((part, name) => part[name], data);
    expect(nodes).toHaveLength(20);
    for (const after of [undefined, pageInfo.endCursor as string])
      for (const plan of await plansOf(who, query, { after })) expect(plan).not.toMatch(wrong);
  }

  const page = 'nodes { id } pageInfo { endCursor }';

  it.each([
    ['all', ''],
    ['of some types', 'types: [MENTIONED, FOLLOWED]'],
    ['unread', 'isUnread: true'],
    ['read', 'isUnread: false'],
    ['put away', 'isArchived: true'],
  ])('notifications, %s', async (_name, filter) => {
    const list = `notifications(first: 20, filter: { ${filter} } after: $after) { ${page} }`;
    await expectIndexed(ana, list, 'notifications');
  });

  // What is left of one person's is little, and sorted.
  it.each([
    ['of people whom one follows', 'isFromFollowed: true'],
    ['unread, of one type', 'isUnread: true, types: [POST_REACTED]'],
  ])('notifications, %s', async (_name, filter) => {
    const list = `notifications(first: 20, filter: { ${filter} } after: $after) { ${page} }`;
    await expectIndexed(ana, list, 'notifications', unindexed);
  });

  it('how notifications came', async () => {
    const list = `notifications(first: 20 after: $after) { nodes { id deliveries { attempts { number } } } pageInfo { endCursor } }`;
    await expectIndexed(ana, list, 'notifications');
  });

  it.each([
    ['all', ''],
    ['in one state', 'statuses: [FAILED]'],
    ['in several', 'statuses: [FAILED, SENT]'],
    ['by one way', 'channel: EMAIL'],
    ['in one state, by one way', 'statuses: [FAILED], channel: EMAIL'],
  ])('deliveries, %s', async (_name, filter) => {
    const list = `notificationDeliveries(first: 20, filter: { ${filter} } after: $after) {
        nodes { id type attempts { number } } pageInfo { endCursor } }`;
    await expectIndexed(root, list, 'notificationDeliveries');
  });

  it.each(['first', 'last'])(
    'deliveries in several states come as those of all do, from the %s',
    async (end) => {
      const { data } = await root.execute(`{
      some: notificationDeliveries(${end}: 60, filter: { statuses: [FAILED, SENT, SENT] }) { nodes { id status } }
      all: notificationDeliveries(${end}: 60) { nodes { id status } } }`);
      expect(data.some).toEqual(data.all);
      expect(new Set(data.all.nodes.map(({ status }: { status: string }) => status)).size).toBe(2);
    },
  );

  it('what told of a conversation that is read now', async () => {
    const read = `mutation { markConversationRead(input: { conversationId: "${conversationIds.encode(long)}", upToSequence: 3 }) {
      conversation { readUpToSequence } userErrors { code } } }`;
    const plans = (await plansOf(ana, read, {}, /^\s*UPDATE notifications/)).join('\n');
    expect(plans).toMatch(/notifications_object_id_recipient_id_idx/);
    expect(plans).not.toMatch(unindexed);
  });

  it('what is silenced', async () => {
    const list = `notificationPreferences { silences(first: 20 after: $after) { nodes { kind } pageInfo { endCursor } } }`;
    await expectIndexed(ana, list, 'notificationPreferences.silences');
  });

  it.each([
    ['in all conversations', ''],
    ['in one', `, conversationId: "${conversationIds.encode(long)}"`],
  ])('scheduled messages, %s', async (_name, where) => {
    const list = `scheduledMessages(first: 20 ${where} after: $after) { ${page} }`;
    await expectIndexed(ana, list, 'scheduledMessages', unindexed);
  });

  it('drafts in a list of conversations', async () => {
    for (const plan of await plansOf(ana, '{ conversations(first: 20) { nodes { draft { text } } } }'))
      expect(plan).not.toMatch(/Seq Scan/);
  });
});
