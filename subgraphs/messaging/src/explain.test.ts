import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPool } from '@diaspora/kit';
import { conversationIds, userIds } from './ids.js';
import { givenMessaging, type Member, type Messaging } from './testing/given.js';

const rows = 20_000;

/** Reading a whole table, or sorting what an index already has in order; the pages of several histories are merged. */
const unindexed = /Seq Scan|Sort Key: (?!(?:messages|part|m)\.(?:sequence|sent_at)|p\.user_id)/;

describe(`with ${rows} rows`, () => {
  let messaging: Messaging;
  let admin: ReturnType<typeof createPool>;
  let ana: Member;
  const long = conversationIds.create();
  beforeAll(async () => {
    messaging = await givenMessaging();
    ana = await messaging.given.member();
    const people = [ana.id, ...Array.from({ length: 19 }, () => userIds.create())]
      .map((id) => `'${id}'`)
      .join();
    admin = createPool({ url: messaging.database.adminUrl });
    await admin.query(
      `INSERT INTO conversations (id, kind, pair_key, last_sequence, created_at)
       SELECT CASE n WHEN 1 THEN '${long}' ELSE gen_random_uuid() END, 'DIRECT', 'pair-' || n, 0, now()
       FROM generate_series(1, ${rows}) n`,
    );
    // Twenty people share everything; she is one of them.
    await admin.query(
      `INSERT INTO participants (conversation_id, user_id, joined_at, last_activity_at)
       SELECT id, (ARRAY[${people}]::uuid[])[CASE id WHEN '${long}' THEN 1 ELSE 1 + floor(random() * 20) END], now(),
              now() - random() * interval '90 days' FROM conversations`,
    );
    await admin.query('INSERT INTO visibility_windows SELECT conversation_id, user_id FROM participants');
    await admin.query(
      `INSERT INTO messages (id, conversation_id, sequence, sender_id, client_message_id, text, sent_at)
       SELECT gen_random_uuid(), '${long}', n, '${ana.id}', n, 'text', now() FROM generate_series(1, ${rows}) n`,
    );
    await admin.query(
      `INSERT INTO notifications (id, recipient_id, type, occasion, subject_type, subject_id, created_at, read_at, seen_at)
       SELECT gen_random_uuid(), (ARRAY[${people}]::uuid[])[1 + n % 20], 'POST_REACTED', n,
              'POST', gen_random_uuid(), now() - random() * interval '90 days', read, read
       FROM (SELECT n, CASE WHEN random() < 0.95 THEN now() END AS read FROM generate_series(1, ${rows}) n) made`,
    );
    await admin.query(
      `INSERT INTO hidden_messages (message_id, user_id, hidden_at)
       SELECT id, gen_random_uuid(), now() FROM messages`,
    );
    await admin.query(
      `INSERT INTO messaging_settings (person_id, shares_read_receipts)
       SELECT gen_random_uuid(), n % 2 = 0 FROM generate_series(1, ${rows}) n`,
    );
    await admin.query(
      `INSERT INTO blocks (blocker_id, blocked_id, is_active, version)
       SELECT gen_random_uuid(), gen_random_uuid(), true, 1 FROM generate_series(1, ${rows}) n`,
    );
    await admin.query('VACUUM ANALYZE');
  }, 120_000);
  afterAll(async () => {
    await admin.end();
    await messaging.stop();
  });

  /** Plans of the statements a query really sends that touch the table, parameters unknown as for a prepared one. */
  async function plansOf(query: string, table: string, variables: object = {}): Promise<string[]> {
    const before = messaging.sent.length;
    expect((await ana.execute(query, { ...variables })).errors).toEqual([]);
    const statements = messaging.sent.slice(before).filter((sql) => sql.includes(table));
    expect(statements.length).toBeGreaterThan(0);
    return Promise.all(
      statements.map(async (sql) => {
        const plan = await admin.query<{ 'QUERY PLAN': string }>(`EXPLAIN (GENERIC_PLAN) ${sql}`);
        return plan.rows.map((row) => row['QUERY PLAN']).join('\n');
      }),
    );
  }

  const cases: [name: string, query: string, table: string, index: string][] = [
    [
      'the list of conversations',
      '{ conversations(first: 20) { nodes { id } } }',
      'participants',
      'participants_in_their_box',
    ],
    [
      'a history',
      `{ conversation(id: "${conversationIds.encode(long)}") { messages(last: 20) { nodes { text } } } }`,
      'FROM messages',
      'messages_conversation_id_sequence_key',
    ],
    [
      'the inbox',
      '{ notifications(first: 20) { nodes { id } } }',
      'notifications',
      'notifications_recipient_id_created',
    ],
    [
      'the unread inbox',
      '{ notifications(first: 20, filter: { isUnread: true }) { nodes { id } } }',
      'notifications',
      'notifications_unread',
    ],
    ['what waits to be read', '{ unreadMessageCount }', 'participants', 'participants_unread'],
    [
      'receipts',
      `{ conversation(id: "${conversationIds.encode(long)}") { receipts(first: 20) { nodes { readUpToSequence } } } }`,
      'FROM participants p',
      'participants_pkey',
    ],
    [
      'the search in messages',
      '{ searchMessages(query: "text", first: 20) { nodes { highlights { start } } } }',
      'ts_headline',
      'messages_by_words',
    ],
    ['the unread count', '{ unreadNotificationCount }', 'notifications', 'notifications_unread'],
    ['the unseen count', '{ unseenNotificationCount }', 'notifications', 'notifications_unseen'],
  ];

  it.each(cases)('%s is read by its index', async (_name, query, table, index) => {
    for (const plan of await plansOf(query, table)) {
      expect(plan).toContain(index);
      expect(plan).not.toMatch(unindexed);
    }
  });

  it('reads the next page by the index too', async () => {
    const document =
      'query ($after: String) { conversations(first: 20, after: $after) { nodes { id } pageInfo { endCursor } } }';
    const { data } = await ana.execute(document);
    const after = data.conversations.pageInfo.endCursor as string;
    for (const plan of await plansOf(document, 'participants', { after })) {
      expect(plan).toContain('participants_in_their_box');
      expect(plan).not.toMatch(unindexed);
    }
  });
});
