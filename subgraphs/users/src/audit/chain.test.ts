import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createPool, type AuditRecord } from '@diaspora/kit';
import { silentLog } from '@diaspora/kit/testing';
import { userIds } from '../ids.js';
import { givenUsers } from '../testing/given.js';
import { createChecking } from './checking.js';
import { genesis, createSeals, hashOf } from './chain.js';
import { createKeeping } from './keeping.js';
import { parseExpected, verifyTrail } from './verify.js';

const secret = 'a-token-secret-for-tests-only-0123456789';
const seals = createSeals(secret);
const root = path.resolve(import.meta.dirname, '../../../..');

type Users = Awaited<ReturnType<typeof givenUsers>>;
let users: Users;
beforeAll(async () => {
  users = await givenUsers();
});
afterAll(() => users.stop());

const record = (overrides: Partial<AuditRecord> = {}): AuditRecord => ({
  action: 'thing.done',
  actor: { kind: 'PERSON', id: userIds.create() },
  onBehalfOfId: null,
  subject: { type: 'Thing', id: 'thg_1' },
  personId: null,
  before: { city: 'Cluj' },
  after: { city: 'Iași', at: 1.5, tags: ['ș', null] },
  reason: null,
  requestId: 'request-1',
  address: '203.0.113.7',
  userAgent: 'Diaspora/1.0',
  ...overrides,
});

/** Hands a line of a source to the trail, as the consumer would. */
function keep(source: string, overrides: Partial<AuditRecord> = {}): Promise<void> {
  const message = { id: userIds.create(), source, type: 'audit.recorded', key: 'k', time: users.clock.now() };
  const append = createKeeping({ clock: users.clock, seals });
  const data = record(overrides);
  return users.db.$transaction((tx) =>
    append({ ...message, requestId: undefined, traceparent: undefined, data }, tx),
  );
}

let chains = 0;
/** A chain of its own, with so many lines. */
async function chainOf(lines: number): Promise<string> {
  const source = `source-${++chains}`;
  for (let line = 0; line < lines; line++) await keep(source);
  return source;
}

const check = (stretchLines = 10_000) =>
  createChecking({ db: users.db, clock: users.clock, seals, stretchLines }).check(silentLog);

async function statusOf(source: string) {
  const superUser = await users.given.person({ isSuperUser: true });
  const { data } = await users.as(superUser.viewer).execute(`{ auditChainStatus {
    source entries archivedEntries checkedThrough sealedThrough isIntact brokenAt faults { sequence kind } } }`);
  return data.auditChainStatus.find((status: { source: string }) => status.source === source);
}

/** What somebody with the owner's rights could do to the tables, with every safeguard off. */
async function tamper(...statements: string[]): Promise<void> {
  const owner = createPool({ url: users.database.ownerUrl, max: 1 });
  const tables = ['audit_entries', 'audit_details', 'audit_anchors', 'audit_chains'];
  const safeguards = (state: string) => tables.map((table) => `ALTER TABLE ${table} ${state} TRIGGER USER`);
  try {
    const steps = [...safeguards('DISABLE'), ...statements, ...safeguards('ENABLE')];
    for (const step of ['BEGIN', ...steps, 'COMMIT']) await owner.query(step);
  } finally {
    await owner.end();
  }
}

/** Hashes of a chain from a line on as they would have to be, written by somebody who knows how they are made. */
async function rehash(source: string, from: bigint): Promise<string[]> {
  const lines = await users.db.auditEntry.findMany({ where: { source }, orderBy: { sequence: 'asc' } });
  let before = genesis(source).hash;
  return lines.flatMap((line) => {
    const isKept = line.sequence < from;
    before = isKept ? line.hash : hashOf(line, before);
    return isKept ? [] : [`UPDATE audit_entries SET hash = '${before}' WHERE id = '${line.id}'`];
  });
}

describe('a line of the audit trail', () => {
  it('is kept from every subgraph, this one included, once for each message', async () => {
    for (const source of ['users', 'events', 'content', 'messaging', 'payments', 'search'])
      await users.receive(source, 'audit.recorded', record());
    const kept = await users.db.auditEntry.groupBy({
      by: ['source'],
      _count: true,
      where: { source: { not: { startsWith: 'source-' } } },
    });
    expect(kept.map(({ source, _count }) => [source, _count]).sort()).toEqual(
      ['content', 'events', 'messaging', 'payments', 'search', 'users'].map((source) => [source, 1]),
    );
  });

  describe('is kept from being touched', () => {
    const month = () => users.clock.now().toISOString().slice(0, 7).replace('-', '_');
    beforeAll(async () => {
      await chainOf(1);
      await check();
    });

    it.each([
      'UPDATE audit_entries SET action = action',
      'DELETE FROM audit_entries',
      'TRUNCATE audit_entries',
      'UPDATE audit_details SET data = NULL, salt = NULL, erased_at = now()',
      'DELETE FROM audit_details',
      'TRUNCATE audit_details',
      'DELETE FROM audit_chains',
      'DELETE FROM audit_anchors',
      "UPDATE audit_anchors SET hash = ''",
      'DROP TABLE audit_entries',
      'ALTER TABLE audit_entries DISABLE TRIGGER USER',
    ])('by the service, by name or in its month: %s', async (statement) => {
      const inMonth = statement.replace(/audit_(entries|details)/, `audit_$1_${month()}`);
      const before = await users.db.auditEntry.count();
      for (const each of [statement, inMonth])
        await expect(users.pool.query(each)).rejects.toMatchObject({ code: '42501' });
      expect(await users.db.auditEntry.count()).toBe(before);
    });

    it.each([
      'UPDATE audit_entries SET action = action',
      'DELETE FROM audit_entries',
      'TRUNCATE audit_entries',
      'UPDATE audit_details SET data = NULL',
      'DELETE FROM audit_details',
      'TRUNCATE audit_anchors',
      'DELETE FROM audit_anchors',
      'UPDATE audit_anchors SET is_base = true',
    ])('by a slip of the owner: %s', async (statement) => {
      const owner = createPool({ url: users.database.ownerUrl, max: 1 });
      const inMonth = statement.replace(/audit_(entries|details)/, `audit_$1_${month()}`);
      for (const each of [statement, inMonth])
        await expect(owner.query(each)).rejects.toThrow('the audit trail is only ever added to');
      await owner.end();
    });
  });

  it('has its place in the chain of its source, without gap or twin, however many come at once', async () => {
    const sources = [await chainOf(1), await chainOf(0), await chainOf(0)];
    await Promise.all(sources.flatMap((source) => Array.from({ length: 20 }, () => keep(source))));
    await check();
    for (const [index, source] of sources.entries()) {
      const lines = await users.db.auditEntry.findMany({ where: { source }, orderBy: { sequence: 'asc' } });
      const expected = Array.from({ length: index === 0 ? 21 : 20 }, (_, at) => BigInt(at + 1));
      expect(lines.map(({ sequence }) => sequence)).toEqual(expected);
      expect(await statusOf(source)).toMatchObject({ isIntact: true, entries: expected.length });
    }
  });

  it('would lose its place to another without the lock on the end of the chain', async () => {
    const source = await chainOf(1);
    const ends = await Promise.all(
      [1, 2].map(() => users.db.auditChain.findUniqueOrThrow({ where: { source } })),
    );
    expect(new Set(ends.map(({ sequence }) => sequence + 1n)).size).toBe(1);
  });
});

describe('tampering with the trail', () => {
  afterEach(() =>
    tamper(...['details', 'entries', 'anchors', 'chains'].map((table) => `DELETE FROM audit_${table}`)),
  );

  const line = (source: string, sequence: number) => `source = '${source}' AND sequence = ${sequence}`;
  const detailOf = (source: string, sequence: number) =>
    `(SELECT id FROM audit_entries WHERE ${line(source, sequence)})`;

  const cases: [
    string,
    (source: string) => string[] | Promise<string[]>,
    { sequence: number; kind: string }[],
  ][] = [
    [
      'a line that says something else',
      (source) => [`UPDATE audit_entries SET action = 'thing.undone' WHERE ${line(source, 4)}`],
      [{ sequence: 4, kind: 'ALTERED' }],
    ],
    [
      'a line of another actor',
      (source) => [`UPDATE audit_entries SET actor_id = gen_random_uuid() WHERE ${line(source, 1)}`],
      [{ sequence: 1, kind: 'ALTERED' }],
    ],
    [
      'a line that was removed',
      (source) => [`DELETE FROM audit_entries WHERE ${line(source, 3)}`],
      [{ sequence: 3, kind: 'MISSING' }],
    ],
    [
      'the last lines, removed',
      (source) => [`DELETE FROM audit_entries WHERE source = '${source}' AND sequence > 6`],
      [{ sequence: 7, kind: 'MISSING' }],
    ],
    [
      'two lines that changed places',
      (source) => [
        `UPDATE audit_entries SET sequence = 100 WHERE ${line(source, 2)}`,
        `UPDATE audit_entries SET sequence = 2 WHERE ${line(source, 5)}`,
        `UPDATE audit_entries SET sequence = 5 WHERE ${line(source, 100)}`,
      ],
      [
        { sequence: 2, kind: 'ALTERED' },
        { sequence: 3, kind: 'ALTERED' },
        { sequence: 5, kind: 'ALTERED' },
        { sequence: 6, kind: 'ALTERED' },
      ],
    ],
    [
      'a line that nobody recorded',
      (source) => [
        `INSERT INTO audit_entries SELECT (jsonb_populate_record(e, '{"sequence": 900}')).* FROM audit_entries e
         WHERE ${line(source, 2)}`.replace('{"sequence"', `{"id": "${userIds.create()}", "sequence"`),
      ],
      [{ sequence: 900, kind: 'EXTRA' }],
    ],
    [
      'details of two lines that changed places',
      (source) => [
        `UPDATE audit_details SET entry_id = '${'0'.repeat(8)}-0000-4000-8000-${'0'.repeat(12)}'
         WHERE entry_id = ${detailOf(source, 2)} AND part = 'CHANGE'`,
        `UPDATE audit_details SET entry_id = ${detailOf(source, 2)}
         WHERE entry_id = ${detailOf(source, 6)} AND part = 'CHANGE'`,
        `UPDATE audit_details SET entry_id = ${detailOf(source, 6)}
         WHERE entry_id = '${'0'.repeat(8)}-0000-4000-8000-${'0'.repeat(12)}'`,
      ],
      [
        { sequence: 2, kind: 'DETAILS' },
        { sequence: 6, kind: 'DETAILS' },
      ],
    ],
    [
      'details that say something else',
      (source) => [
        `UPDATE audit_details SET data = data || '{"reason": "none"}' WHERE entry_id = ${detailOf(source, 5)}
        AND part = 'CHANGE'`,
      ],
      [{ sequence: 5, kind: 'DETAILS' }],
    ],
    [
      'details that were removed',
      (source) => [`DELETE FROM audit_details WHERE entry_id = ${detailOf(source, 5)}`],
      [{ sequence: 5, kind: 'DETAILS' }],
    ],
    [
      'an end that was moved back',
      (source) => [
        `DELETE FROM audit_entries WHERE source = '${source}' AND sequence > 7`,
        `UPDATE audit_chains SET sequence = 7, hash = (SELECT hash FROM audit_entries WHERE ${line(source, 7)})
         WHERE source = '${source}'`,
      ],
      [{ sequence: 7, kind: 'SEAL' }],
    ],
  ];

  // The first six lines are sealed, two stretches of three; the others are the open end.
  async function sealed(): Promise<string> {
    const source = await chainOf(6);
    await check(3);
    await keep(source);
    await keep(source);
    await check(3);
    expect(await statusOf(source)).toMatchObject({ isIntact: true, sealedThrough: 6, checkedThrough: 8 });
    return source;
  }

  it.each(cases)('shows where it is: %s', async (_name, statements, faults) => {
    const source = await sealed();
    await tamper(...(await statements(source)));
    users.clock.advance(1_000);
    await check(3);
    expect(await statusOf(source)).toMatchObject({ isIntact: false, brokenAt: faults[0]!.sequence, faults });
  });

  it('shows when somebody makes the hashes anew who knows how: they do not meet the seals', async () => {
    const source = await sealed();
    await tamper(`UPDATE audit_entries SET action = 'thing.undone' WHERE ${line(source, 2)}`);
    const hashes = await rehash(source, 2n);
    await tamper(
      ...hashes,
      `UPDATE audit_chains c SET hash = e.hash FROM audit_entries e
      WHERE c.source = '${source}' AND e.source = c.source AND e.sequence = c.sequence`,
    );
    users.clock.advance(1_000);
    await check(3);
    expect(await statusOf(source)).toMatchObject({
      brokenAt: 3,
      faults: expect.arrayContaining([
        { sequence: 3, kind: 'REWRITTEN' },
        { sequence: 8, kind: 'SEAL' },
      ]),
    });
    await tamper(`DELETE FROM audit_anchors WHERE source = '${source}'`);
    await check(3);
    expect(await statusOf(source)).toMatchObject({ faults: [{ sequence: 8, kind: 'SEAL' }] });
  });

  it('is found by the command too, whatever checks have noted', async () => {
    const source = await sealed();
    await tamper(
      `UPDATE audit_entries SET action = 'thing.undone' WHERE ${line(source, 5)}`,
      `UPDATE audit_anchors SET checked_at = '2100-01-01'`,
    );
    const run = (databaseUrl: string) =>
      promisify(execFile)(process.execPath, ['--import', 'tsx', 'scripts/audit-verify.ts'], {
        cwd: root,
        env: { PATH: process.env['PATH']!, DATABASE_URL: databaseUrl, TOKEN_SECRET: secret },
      }).catch((error: { code: number; stdout: string }) => error);
    expect(await run(users.database.ownerUrl)).toMatchObject({
      code: 1,
      stdout: `${source}: 8 lines, TAMPERED WITH\n  line 5 is not what was recorded\n`,
    });
    expect(await run('postgresql://nobody@127.0.0.1:1/nothing')).toMatchObject({ code: 2 });
  }, 120_000);

  it('is found by the command at places that were noted elsewhere, though all else was made anew', async () => {
    const source = await sealed();
    const noted = await users.db.auditEntry.findFirstOrThrow({ where: { source, sequence: 5n } });
    const printed: string[] = [];
    const verify = (...places: string[]) =>
      verifyTrail({
        databaseUrl: users.database.ownerUrl,
        secret: undefined,
        expected: places.map(parseExpected),
        print: (text) => printed.push(text),
      });
    expect(await verify(`${source}:5:${noted.hash}`)).toBe(0);
    expect(await verify(`${source}:5:${'0'.repeat(64)}`, `elsewhere:5:${noted.hash}`)).toBe(2);
    expect(printed).toEqual([
      'Seals are not checked: TOKEN_SECRET is not set.',
      `${source}: 8 lines, intact`,
      'Seals are not checked: TOKEN_SECRET is not set.',
      `${source}: 8 lines, TAMPERED WITH`,
      '  line 5 has another hash than was sealed',
      'elsewhere: the whole chain is gone',
    ]);
    await expect(async () => verify('users:5')).rejects.toThrow('is not source:sequence:hash');
  });
});
