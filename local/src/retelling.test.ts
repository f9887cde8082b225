import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  connectRedis,
  createOutbox,
  createPool,
  startConsumer,
  startRelay,
  type MessageHandler,
  type TransactionRunner,
  type Viewer,
} from '@diaspora/kit';
import { silentLog } from '@diaspora/kit/testing';
import { messages } from '@diaspora/users/messages';
import { retelling } from '@diaspora/users/retelling';
import { givenContent } from '../../subgraphs/content/src/testing/given.js';
import { givenEvents } from '../../subgraphs/events/src/testing/given.js';
import { givenMessaging } from '../../subgraphs/messaging/src/testing/given.js';
import { partnering } from '../../subgraphs/messaging/src/testing/webhooks.js';
import { givenPayments } from '../../subgraphs/payments/src/testing/given.js';
import { givenSearch } from '../../subgraphs/search/src/testing/given.js';
import { profileChanged } from '../../subgraphs/users/src/profiles/index.js';
import { givenUsers } from '../../subgraphs/users/src/testing/given.js';
import { officeActions, type Person } from '../../subgraphs/users/src/testing/offices.js';
import { peopleActions } from '../../subgraphs/users/src/testing/people.js';

/** What each of the others keeps of what users tell, what leads to another first. */
const projections = {
  content: ['blocks', 'mutes', 'members'],
  events: ['people', 'follows', 'friendships', 'blocks', 'suspensions', 'offices', 'privileges'],
  messaging: [
    ...['members', 'known_people', 'contact_rules', 'suspensions', 'super_users'],
    ...['follows', 'friendships', 'blocks'],
  ],
  payments: ['customers'],
  search: ['documents', 'blocks', 'friendships'],
} as const;
type Name = keyof typeof projections;
const names = Object.keys(projections) as Name[];

/** What messaging does because something happened. */
const consequences = ['notifications', 'deliveries', 'webhook_events', 'webhook_deliveries', 'kit.outbox'];

type Pool = ReturnType<typeof createPool>;
type Row = Readonly<Record<string, unknown>>;

async function start() {
  const namespace = `retelling-${randomUUID()}`;
  const redis = connectRedis({ url: process.env['TEST_REDIS_URL']!, log: silentLog, name: 'retelling' });
  const [users, content, events, messaging, payments, search] = await Promise.all([
    ...([givenUsers(), givenContent(), givenEvents()] as const),
    ...([givenMessaging(), givenPayments(), givenSearch()] as const),
  ]);
  const subgraphs = { content, events, messaging, payments, search };
  const urlOf = (name: Name) => (name === 'content' ? content.databaseUrl : subgraphs[name].database.url);
  const pools = Object.fromEntries(names.map((name) => [name, createPool({ url: urlOf(name) })])) as Record<
    Name,
    Pool
  >;
  const relay = startRelay({ pool: users.pool, redis, namespace, source: 'users', log: silentLog });
  const consumers = names.map((name) => {
    const { db, subgraph } = subgraphs[name];
    return startConsumer<never>({
      ...{ pool: pools[name], redis, namespace, consumer: name, log: silentLog, blockMs: 50 },
      handlers: subgraph.handlers!,
      transaction: ((run: never) => db.$transaction(run)) as TransactionRunner<never>,
    });
  });
  return {
    users,
    messaging,
    subgraphs,
    pools,
    stop: async () => {
      await Promise.all([...consumers, relay].map((part) => part.stop()));
      await Promise.all(names.map((name) => pools[name].end()));
      await redis.stop();
      await Promise.all([users, ...Object.values(subgraphs)].map((each) => each.stop()));
    },
  };
}

describe('what users tell again', () => {
  let world: Awaited<ReturnType<typeof start>>;
  let root: Person;
  let people: Person[];
  let act: ReturnType<typeof actions>;
  beforeAll(async () => {
    world = await start();
    const { given } = world.users;
    root = await given.person({ isSuperUser: true });
    people = await Promise.all(Array.from({ length: 8 }, () => given.person()));
    act = actions();
    for (const person of [root, ...people]) await register(person);
    const eventTypes = ['office.appointed', 'office.ended', 'user.eventOwnerChanged'];
    await partnering(world.messaging).webhook({ eventTypes });
    await live();
    await settled();
  });
  afterAll(() => world.stop());

  /** As the proof of an address tells of it. */
  async function register({ id, publicId: userId }: Person): Promise<void> {
    const outbox = createOutbox(messages);
    const { db } = world.users;
    const account = await db.account.findUniqueOrThrow({ where: { id }, include: { profile: true } });
    const data = { userId, registeredAt: account.emailVerifiedAt!.toISOString() };
    await db.$transaction(async (tx) => {
      await outbox.publish(tx, { type: 'user.registered', key: userId, data });
      await outbox.publish(tx, profileChanged(account.profile!));
      if (id !== root.id) return;
      const rights = { userId, isSuperUser: true, changedAt: data.registeredAt };
      await outbox.publish(tx, { type: 'superUser.changed', key: userId, data: rights });
    });
  }

  function actions() {
    async function mutate(viewer: Viewer, name: string, input: object): Promise<void> {
      const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input`;
      const document = `mutation ($input: ${type}!) { ${name}(input: $input) { userErrors { code message } } }`;
      const { data, errors } = await world.users.as(viewer).execute(document, { input });
      expect([errors, data?.[name]?.userErrors]).toEqual([[], []]);
    }
    return { mutate, ...peopleActions(world.users), offices: officeActions(world.users) };
  }

  const [reason, expectedVersion] = ['For a reason.', 1];
  /** Something of everything, begun and ended. */
  async function live(): Promise<void> {
    const [ana, bo, cy, di, ed, flo] = people as [Person, Person, Person, Person, Person, Person];
    const { run, befriend, mutate, offices } = act;
    await run(ana.viewer, 'followUser', bo.publicId);
    await run(bo.viewer, 'followUser', ana.publicId);
    await run(cy.viewer, 'followUser', ana.publicId);
    await run(cy.viewer, 'unfollowUser', ana.publicId);
    await befriend(ana, bo);
    await befriend(ana, cy);
    await befriend(bo, cy);
    await run(bo.viewer, 'endFriendship', cy.publicId);
    await run(ana.viewer, 'blockUser', cy.publicId);
    await run(bo.viewer, 'blockUser', di.publicId);
    await run(bo.viewer, 'unblockUser', di.publicId);
    await run(di.viewer, 'muteUser', ana.publicId);
    await run(ed.viewer, 'muteUser', ana.publicId);
    await run(ed.viewer, 'unmuteUser', ana.publicId);
    await mutate(ana.viewer, 'updateProfile', { expectedVersion, displayName: 'Ana Pop' });
    await mutate(root.viewer, 'suspendUser', { userId: di.publicId, reason });
    await mutate(root.viewer, 'suspendUser', { userId: ed.publicId, reason });
    await mutate(root.viewer, 'liftSuspension', { userId: ed.publicId });
    await mutate(root.viewer, 'grantEventOwner', { userId: ana.publicId });
    await mutate(root.viewer, 'grantEventOwner', { userId: bo.publicId });
    await mutate(root.viewer, 'revokeEventOwner', { userId: bo.publicId });
    const { office } = await offices.appoint(root, 'appointAmbassador', flo, { countryCode: 'PT' });
    await offices.run(root.viewer, 'extendOffice', { officeId: office.id, endsAt: '2031-01-01T00:00:00Z' });
    const ended = await offices.appoint(root, 'appointAmbassador', ana, { countryCode: 'ES' });
    await offices.run(root.viewer, 'endOffice', { officeId: ended.office.id, reason });
  }

  /** Until each of them has handled all that it listens to. */
  async function settled(): Promise<void> {
    for (const name of names) {
      const handlers = world.subgraphs[name].subgraph.handlers as readonly MessageHandler<never>[];
      const types = handlers.filter(({ source }) => source === 'users').map(({ type }) => type);
      const { rows } = await world.users.pool.query<{ id: string }>(
        'SELECT id FROM kit.outbox WHERE type = ANY ($1)',
        [types],
      );
      const ids = rows.map(({ id }) => id);
      for (;;) {
        const sql = 'SELECT FROM kit.inbox WHERE message_id = ANY ($1::uuid[])';
        if ((await world.pools[name].query(sql, [ids])).rowCount === ids.length) break;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  }

  /** Without versions: those of pairs are raised by a change of anything between the two. What was not told is not so. */
  async function kept(): Promise<Record<string, Row[]>> {
    const tables = names.flatMap((name) => projections[name].map((table) => ({ name, table })));
    const read = async ({ name, table }: (typeof tables)[number]) => {
      const row = `replace((to_jsonb(t) - $1::text[])::text, 'null', 'false')::jsonb`;
      const sql = `SELECT ${row} AS row FROM ${table} t ORDER BY ${row}`;
      const { rows } = await world.pools[name].query<{ row: Row }>(sql, [versions]);
      return [`${name}.${table}`, rows.map(({ row }) => row)] as const;
    };
    return Object.fromEntries(await Promise.all(tables.map(read)));
  }
  const versions = ['version', 'profile_version', 'source_version'];
  const flags = ['is_active', 'is_super_user', 'is_event_owner'];
  /** What holds: that something does not is said by having no row as well. */
  const holding = (all: Record<string, Row[]>) =>
    Object.fromEntries(
      Object.entries(all).map(([table, rows]) => [
        table,
        rows.filter(
          (row) => flags.every((flag) => !(flag in row)) || flags.some((flag) => row[flag] === true),
        ),
      ]),
    );

  async function empty(): Promise<void> {
    for (const name of names)
      for (const table of projections[name]) await world.pools[name].query(`DELETE FROM ${table}`);
  }
  const tell = (types?: string[]) =>
    retelling.run(world.users.databaseUrl, { rate: 1_000_000, ...(types && { types }) });

  const counted = async () => {
    const counts = consequences.map(async (table) => {
      const { rows } = await world.pools.messaging.query(`SELECT count(*)::int AS count FROM ${table}`);
      return [table, rows[0].count as number] as const;
    });
    return Object.fromEntries(await Promise.all(counts));
  };
  const waitingJobs = async (name: Name) =>
    (await world.pools[name].query('SELECT id::text FROM graphile_worker._private_jobs ORDER BY id')).rows;

  it('is all that it declares to be state', () => {
    const isState = Object.entries(messages.types).filter(([, type]) => 'isState' in type);
    expect([...retelling.types].sort()).toEqual(isState.map(([type]) => type).sort());
  });

  it('makes emptied projections what they were, and twice is no fault', async () => {
    const before = await kept();
    for (const [table, rows] of Object.entries(holding(before)))
      expect([table, rows]).not.toEqual([table, []]);
    await empty();
    await tell();
    await settled();
    const once = await kept();
    expect(holding(once)).toEqual(holding(before));
    for (const [table, rows] of Object.entries(before))
      expect(once[table]).toEqual(expect.arrayContaining(rows));
    await tell();
    await settled();
    expect(await kept()).toEqual(once);
  });

  it('takes back what has ended meanwhile', async () => {
    const truth = await kept();
    const { events, messaging, content } = world.pools;
    for (const pool of [events, messaging])
      for (const table of ['blocks', 'suspensions'])
        await pool.query(`UPDATE ${table} SET is_active = true, version = 0`);
    await content.query('UPDATE mutes SET is_active = true, version = 0');
    await messaging.query('UPDATE super_users SET is_super_user = true');
    await events.query('UPDATE privileges SET is_event_owner = true');
    await events.query('UPDATE offices SET ended_at = NULL, ends_at = NULL');
    expect(await kept()).not.toEqual(truth);
    await tell();
    await settled();
    expect(await kept()).toEqual(truth);
  });

  it('fills what a projection did not keep before, of versions it knows', async () => {
    const truth = await kept();
    const { content, events, messaging, payments, search } = world.pools;
    await content.query(`UPDATE members SET languages = '{}'`);
    await events.query(`UPDATE people SET country_code = 'XX'`);
    await messaging.query(`UPDATE known_people SET languages = '{}'`);
    await messaging.query(`UPDATE contact_rules SET contactable_by = 'CONNECTIONS'`);
    await payments.query(`UPDATE customers SET languages = '{}'`);
    await search.query(`UPDATE documents SET languages = '{}'`);
    await tell();
    await settled();
    expect(await kept()).toEqual(truth);
  });

  it('has no consequences: nobody is notified, no partner is called, no job is added', async () => {
    const before = await counted();
    expect(before['notifications']).toBeGreaterThan(0);
    expect(before['webhook_deliveries']).toBeGreaterThan(0);
    for (const table of ['notifications', 'webhook_events'])
      await world.pools.messaging.query(`DELETE FROM ${table}`);
    const [emptied, jobs] = [await counted(), await Promise.all(names.map(waitingJobs))];
    await empty();
    await tell();
    await settled();
    expect(await counted()).toEqual(emptied);
    expect(await Promise.all(names.map(waitingJobs))).toEqual(jobs);
  });

  it('does not undo what changes at the same time', async () => {
    await empty();
    let isOver = false;
    const telling = (async () => {
      for (let times = 0; times === 0 || !isOver; times++) await tell();
    })();
    await Promise.all(people.slice(5).map(changeAlot)).finally(() => (isOver = true));
    await telling;
    await settled();
    const after = await kept();
    await empty();
    await tell();
    await settled();
    expect(holding(after)).toEqual(holding(await kept()));
  });

  async function changeAlot(person: Person): Promise<void> {
    const { run, mutate } = act;
    const userId = person.publicId;
    for (let times = 0; times < 4; times++) {
      const { version } = await world.users.db.profile.findUniqueOrThrow({ where: { accountId: person.id } });
      await mutate(person.viewer, 'updateProfile', {
        expectedVersion: version,
        displayName: `Name ${times}`,
      });
      await run(person.viewer, times % 2 ? 'unfollowUser' : 'followUser', people[0]!.publicId);
      await run(person.viewer, times % 2 ? 'unblockUser' : 'blockUser', people[1]!.publicId);
      await mutate(root.viewer, times % 2 ? 'revokeEventOwner' : 'grantEventOwner', { userId });
    }
  }

  it('is of the asked types only', async () => {
    const { rows } = await world.users.pool.query('SELECT max(position) AS position FROM kit.outbox');
    await tell(['superUser.changed']);
    const told = await world.users.pool.query('SELECT DISTINCT type FROM kit.outbox WHERE position > $1', [
      rows[0].position,
    ]);
    expect(told.rows).toEqual([{ type: 'superUser.changed.retold' }]);
  });
});
