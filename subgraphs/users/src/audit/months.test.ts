import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createAudit, createPool, type AuditRecord } from '@diaspora/kit';
import { silentLog } from '@diaspora/kit/testing';
import { userIds } from '../ids.js';
import { givenUsers } from '../testing/given.js';
import { createArchiving } from './archiving.js';
import { createSeals } from './chain.js';
import { createChecking } from './checking.js';
import { createErasing } from './erasing.js';
import { monthOf } from './months.js';

const seals = createSeals('a-token-secret-for-tests-only-0123456789');
const dayMs = 86_400_000;
const yearMs = 365.25 * dayMs;

type Users = Awaited<ReturnType<typeof givenUsers>>;
let users: Users;
beforeAll(async () => {
  users = await givenUsers();
});
afterAll(() => users.stop());

/** What another subgraph tells: somebody did something to a person, from an address. */
function recorded(overrides: Partial<AuditRecord> = {}): Promise<void> {
  const actor = { kind: 'PERSON' as const, id: userIds.create() };
  return users.receive('events', 'audit.recorded', {
    action: 'thing.done',
    actor,
    onBehalfOfId: null,
    subject: { type: 'Thing', id: 'thg_1' },
    personId: userIds.create(),
    before: { city: 'Cluj' },
    after: null,
    reason: 'asked for',
    requestId: null,
    address: '203.0.113.7',
    userAgent: null,
    ...overrides,
  });
}

const check = () =>
  createChecking({ db: users.db, clock: users.clock, seals, stretchLines: 10 }).check(silentLog);

async function status() {
  const superUser = await users.given.person({ isSuperUser: true });
  const { data } = await users
    .as(superUser.viewer)
    .execute('{ auditChainStatus { source entries archivedEntries isIntact } }');
  return data.auditChainStatus.find(({ source }: { source: string }) => source === 'events');
}

const erasing = () =>
  createErasing({
    db: users.db,
    clock: users.clock,
    audit: createAudit({ source: 'users', clock: users.clock }),
  });

/** The months that have partitions. */
const months = async (schema = 'public') => {
  const rows = await users.db.$queryRaw<{ name: string }[]>`
      SELECT relname AS name FROM pg_class WHERE relnamespace = ${schema}::regnamespace
      AND relname ~ '^audit_entries_[0-9_]{7}$' ORDER BY 1`;
  return rows.map(({ name }) => name.slice('audit_entries_'.length));
};

const archiving = (keepYears = 7) =>
  createArchiving({ db: users.db, clock: users.clock, seals, keepYears: async () => keepYears });

describe('months that are older than is kept', () => {
  const lateness = 9 * yearMs;
  const firstMonth = () => monthOf(users.clock.now());
  beforeAll(() => users.clock.advance(-lateness));

  it('leave the trail as tables of their own, and the chain goes on behind them', async () => {
    const [person, early] = [userIds.create(), firstMonth()];
    await recorded({ personId: person });
    await recorded();
    users.clock.advance(lateness);
    await recorded();
    await check();
    await archiving().archiveOld(silentLog);
    expect(await months('audit_archive')).toEqual([early]);
    expect(await months()).not.toContain(early);
    await check();
    expect(await status()).toEqual({ source: 'events', entries: 3, archivedEntries: 2, isIntact: true });
    // What is archived is erased from, too.
    await users.db.$transaction((tx) => erasing().eraseAuditDetails(tx, person));
    const owner = createPool({ url: users.database.ownerUrl, max: 1 });
    const { rows } = await owner.query(
      `SELECT part, data FROM audit_archive.audit_details_${early} WHERE owner_id = '${person}'`,
    );
    await owner.end();
    expect(rows).toEqual([{ part: 'CHANGE', data: null }]);
  });

  it('are not read by the service any more', async () => {
    const [month] = await months('audit_archive');
    await expect(users.pool.query(`SELECT FROM audit_archive.audit_entries_${month}`)).rejects.toMatchObject({
      code: '42501',
    });
  });

  it('stay while a check has something to say', async () => {
    await recorded();
    await users.db.auditChain.update({
      where: { source: 'events' },
      data: { faults: [{ sequence: '4', kind: 'ALTERED' }] },
    });
    const before = await months();
    users.clock.advance(9 * yearMs);
    await archiving().archiveOld(silentLog);
    expect(await months()).toEqual(before);
    users.clock.advance(-9 * yearMs);
    await check();
  });

  it('of the last year stay, whatever the service asks for', async () => {
    const month = monthOf(users.clock.now());
    await expect(users.pool.query(`SELECT audit_archive_month('${month}')`)).rejects.toMatchObject({
      code: '42501',
    });
    await expect(archiving(0).archiveOld(silentLog)).resolves.toBeUndefined();
    expect(await months()).toContain(month);
  });
});

describe('erasing a person from the trail', () => {
  const erase = (personId: string) =>
    users.db.$transaction((tx) => erasing().eraseAuditDetails(tx, personId));
  const keptOf = async (ownerId: string) =>
    (await users.db.auditDetail.findMany({ where: { ownerId }, orderBy: { part: 'asc' } })).map(
      ({ part, data, salt }) => [part, data, salt === null],
    );

  it('takes what was the person’s, leaves what was others’ and every line, and the chain stays intact', async () => {
    const [person, moderator] = [userIds.create(), userIds.create()];
    await recorded({ actor: { kind: 'PERSON', id: moderator }, personId: person });
    await recorded({ actor: { kind: 'PERSON', id: person }, personId: moderator });
    const lines = await users.db.auditEntry.count();
    await erase(person);
    expect(await keptOf(person)).toEqual([
      ['CHANGE', null, true],
      ['ORIGIN', null, true],
    ]);
    const change = { before: { city: 'Cluj' }, after: null, reason: 'asked for' };
    expect(await keptOf(moderator)).toEqual([
      ['CHANGE', change, false],
      ['ORIGIN', { address: '203.0.113.7', userAgent: null }, false],
    ]);
    expect(await users.db.auditEntry.count()).toBe(lines);
    await check();
    expect(await status()).toMatchObject({ isIntact: true });
  });

  it('is itself on record, and comes back once for what was still under way', async () => {
    const person = userIds.create();
    await erase(person);
    await recorded({ personId: person });
    expect(await keptOf(person)).toMatchObject([['CHANGE', expect.anything(), false]]);
    const [job] = await users.db.$queryRaw<{ run_at: Date; payload: { personId: string } }[]>`
      SELECT run_at, payload FROM graphile_worker._private_jobs JOIN graphile_worker._private_tasks t ON t.id = task_id
      WHERE identifier = 'eraseLateDetails' AND payload ->> 'personId' = ${person}`;
    expect(job!.run_at.getTime()).toBeGreaterThan(users.clock.now().getTime() + 8 * dayMs);
    await users.run({ name: 'eraseLateDetails' }, { personId: person });
    expect(await keptOf(person)).toEqual([['CHANGE', null, true]]);
    await users.keepAudit();
    const line = await users.db.auditEntry.findFirstOrThrow({
      where: { action: 'audit.erased', personId: person },
    });
    expect(line).toMatchObject({ actorKind: 'SYSTEM', subjectId: userIds.encode(person) });
  });

  it('hides what was erased from whoever reads', async () => {
    const [superUser, person] = [await users.given.person({ isSuperUser: true }), await users.given.person()];
    await recorded({ actor: { kind: 'PERSON', id: person.id }, personId: person.id });
    await erase(person.id);
    const { data } = await users.as(superUser.viewer).execute(
      `query ($id: ID!) { auditEntries(filter: { personId: $id, actions: ["thing.done"] }, first: 5) {
        nodes { change { reason } origin { address } } } }`,
      { id: person.publicId },
    );
    expect(data.auditEntries.nodes).toEqual([{ change: null, origin: null }]);
  });
});

describe('the months of the trail', () => {
  const inMonths = (count: number) => {
    const now = users.clock.now();
    return monthOf(new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + count)));
  };

  it('are made before they begin, as often as that is asked for', async () => {
    await archiving().prepareMonths();
    await archiving().prepareMonths();
    expect(await months()).toEqual([0, 1, 2, 3].map(inMonths));
  });

  it('are made by the first lines where nobody did, also when these come at once', async () => {
    users.clock.advance(2 * yearMs);
    await Promise.all(
      ['events', 'content', 'payments', 'messaging', 'search'].map((source) =>
        users.receive(source, 'audit.recorded', {
          ...{
            action: 'thing.done',
            actor: { kind: 'SYSTEM', id: null },
            onBehalfOfId: null,
            personId: null,
          },
          ...{ subject: { type: 'Thing', id: 'thg_1' }, before: null, after: null, reason: null },
          ...{ requestId: null, address: null, userAgent: null },
        }),
      ),
    );
    expect(await months()).toContain(inMonths(0));
    await check();
    expect(await status()).toMatchObject({ isIntact: true });
  });

  it('never go back, though a clock does', async () => {
    const before = await users.db.auditChain.findUniqueOrThrow({ where: { source: 'events' } });
    users.clock.advance(-2 * yearMs);
    await recorded();
    const last = await users.db.auditEntry.findFirstOrThrow({
      where: { source: 'events' },
      orderBy: { sequence: 'desc' },
    });
    expect(last.recordedAt).toEqual(before.recordedAt);
    users.clock.advance(2 * yearMs);
  });
});
