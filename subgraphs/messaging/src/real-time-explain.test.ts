import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPool } from '@diaspora/kit';
import type { TestResult } from '@diaspora/kit/testing';
import { cursorOf } from './conversation-events/rules.js';
import { conversationIds, userIds } from './ids.js';
import { givenMessaging, type Member, type Messaging } from './testing/given.js';

const rows = 20_000;

describe(`with ${rows} rows, what is told in real time`, () => {
  let messaging: Messaging;
  let admin: ReturnType<typeof createPool>;
  let ana: Member;
  let ben: Member;
  let id: string;
  beforeAll(async () => {
    messaging = await givenMessaging();
    [ana, ben] = [await messaging.given.member(), await messaging.given.member()];
    id = await messaging.given.conversation(ana, ben);
    await messaging.given.message(ana, id);
    const long = conversationIds.decode(id);
    admin = createPool({ url: messaging.database.adminUrl });
    for (const sql of [
      `INSERT INTO conversations (id, kind, pair_key, created_at)
       SELECT gen_random_uuid(), 'DIRECT', 'pair-' || n, now() FROM generate_series(1, ${rows}) n`,
      `INSERT INTO participants (conversation_id, user_id, joined_at, last_activity_at)
       SELECT id, CASE WHEN random() < 0.1 THEN '${ana.id}'::uuid ELSE gen_random_uuid() END, now(), now()
       FROM conversations WHERE id <> '${long}'`,
      'INSERT INTO visibility_windows SELECT conversation_id, user_id FROM participants ON CONFLICT DO NOTHING',
      `INSERT INTO messages (id, conversation_id, sequence, sender_id, client_message_id, text, sent_at)
       SELECT gen_random_uuid(), '${long}', n, '${ana.id}', n, 'text', now() FROM generate_series(2, ${rows}) n`,
      `INSERT INTO conversation_events (conversation_id, position, kind, message_id, actor_id, occurred_at)
       SELECT conversation_id, sequence, 'MESSAGE_SENT', id, sender_id, now() FROM messages WHERE sequence > 1`,
      `UPDATE conversations SET last_sequence = ${rows}, last_position = ${rows} WHERE id = '${long}'`,
      `INSERT INTO notifications (id, recipient_id, type, occasion, subject_type, subject_id, created_at)
       SELECT gen_random_uuid(), CASE n % 20 WHEN 0 THEN '${ana.id}'::uuid ELSE gen_random_uuid() END, 'POST_REACTED',
              n, 'POST', gen_random_uuid(), now() FROM generate_series(1, ${rows}) n`,
      `INSERT INTO hidden_messages (message_id, user_id, hidden_at)
       SELECT id, gen_random_uuid(), now() FROM messages`,
      `INSERT INTO messaging_settings (person_id, shares_read_receipts)
       SELECT gen_random_uuid(), true FROM generate_series(1, ${rows}) n`,
      `INSERT INTO blocks (blocker_id, blocked_id, is_active, version)
       SELECT gen_random_uuid(), gen_random_uuid(), true, 1 FROM generate_series(1, ${rows}) n`,
      `INSERT INTO friendships (low_id, high_id, is_active, version)
       SELECT gen_random_uuid(), gen_random_uuid(), true, 1 FROM generate_series(1, ${rows}) n`,
      `INSERT INTO live_locations
         (id, conversation_id, user_id, latitude, longitude, updated_at, started_at, ends_at)
       SELECT gen_random_uuid(), id, gen_random_uuid(), 0, 0, now(), now(), now() + interval '1 hour' FROM conversations`,
      'VACUUM ANALYZE',
    ])
      await admin.query(sql);
  }, 120_000);
  afterAll(async () => {
    await admin.end();
    await messaging.stop();
  });

  /** Plans of what is sent until the first event is told, parameters unknown as for a prepared statement. */
  async function plansOf(query: string, variables: Record<string, unknown>): Promise<string[]> {
    const before = messaging.sent.length;
    const events = ana.subscribe(query, variables);
    expect(((await events.next()).value as TestResult).errors).toEqual([]);
    await events.return!();
    const statements = messaging.sent.slice(before).filter((sql) => /^\s*(SELECT|DELETE|UPDATE)/.test(sql));
    expect(statements.length).toBeGreaterThan(0);
    return Promise.all(
      statements.map(async (sql) => {
        const plan = await admin.query<{ 'QUERY PLAN': string }>(`EXPLAIN (GENERIC_PLAN) ${sql}`);
        return plan.rows.map((row) => row['QUERY PLAN']).join('\n');
      }),
    );
  }

  const everything = `{ cursor event { __typename ... on MessageSent { message { text } } } }`;
  it.each<[string, string, () => Record<string, unknown>]>([
    [
      'events of a conversation',
      `subscription ($id: ID!, $after: String) { conversationEvents(conversationId: $id, after: $after) ${everything} }`,
      () => ({ id, after: cursorOf(rows - 150) }),
    ],
    [
      'events of a conversation after a message',
      `subscription ($id: ID!, $after: String) { conversationEvents(conversationId: $id, after: $after) ${everything} }`,
      () => ({ id, after: Buffer.from(`[${rows - 10}]`).toString('base64url') }),
    ],
    [
      'the list of conversations',
      'subscription ($after: String) { inboxEvents(after: $after) { cursor } }',
      () => ({ after: cursorOfAll(`inbox:${ana.id}`) }),
    ],
    [
      'the inbox of notifications',
      'subscription ($after: String) { notificationReceived(after: $after) { cursor } }',
      () => ({ after: cursorOfAll(`notifications:${ana.id}`) }),
    ],
    ['typing', 'subscription ($id: ID!) { typing(conversationId: $id) { people { id } } }', () => ({ id })],
    [
      'live locations',
      'subscription ($id: ID!) { liveLocations(conversationId: $id) { locations { id } } }',
      () => ({ id }),
    ],
  ])('%s: every row is found by an index', async (_what, query, variables) => {
    for (const plan of await plansOf(query, variables())) expect(plan).not.toContain('Seq Scan');
  });

  it('who is online: every row is found by an index', async () => {
    const app = ben.subscribe('subscription { inboxEvents { cursor } }');
    await app.next();
    const query = 'subscription ($ids: [ID!]!) { presence(userIds: $ids) { online { id } } }';
    const ids = [ben.publicId, userIds.encode(userIds.create())];
    for (const plan of await plansOf(query, { ids })) expect(plan).not.toContain('Seq Scan');
    await app.return!();
  });

  /** Of a moment before everything. */
  const cursorOfAll = (list: string) => Buffer.from(JSON.stringify([list, '3:3:'])).toString('base64url');
});
