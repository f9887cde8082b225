import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { waitingForLocks } from '@diaspora/kit/testing';
import { givenUsers } from '../subgraphs/users/src/testing/given.js';
import { runRetell } from './lib/retell.js';
import { root } from './lib/subgraphs.js';

let users: Awaited<ReturnType<typeof givenUsers>>;
let ids: string[];
beforeAll(async () => {
  users = await givenUsers();
  ids = [];
  for (let count = 0; count < 6; count++) ids.push((await users.given.person()).id);
});
beforeEach(async () => {
  for (const table of ['kit.outbox', 'kit.long_jobs']) await users.pool.query(`DELETE FROM ${table}`);
});
afterAll(() => users.stop());

const environment = () => ({ DATABASE_URL: users.databaseUrl });
async function run(...words: string[]) {
  const lines: string[] = [];
  const code = await runRetell(words, environment(), (line) => lines.push(line));
  return { code, lines };
}

const told = async () => {
  const { rows } = await users.pool.query<{ type: string; keys: number; times: number }>(
    `SELECT type, count(DISTINCT key)::int AS keys, count(*)::int AS times FROM kit.outbox
     GROUP BY type ORDER BY type`,
  );
  return rows;
};

describe('npm run retell', () => {
  it('tells all that is so, and how far it is', async () => {
    const { code, lines } = await run('users', '--rate', '100000');
    expect(code).toBe(0);
    expect(lines).toEqual(['people: 6 of 7.', 'platform: 7 of 7.', 'Told again: 7.']);
    expect(await told()).toEqual([
      { type: 'platform.settingsChanged.retold', keys: 1, times: 1 },
      { type: 'user.profileChanged.retold', keys: 6, times: 6 },
      { type: 'user.registered.retold', keys: 6, times: 6 },
    ]);
  });

  it('tells some types when asked to', async () => {
    const words = ['--type', 'user.registered', '--type', 'user.suspended', '--type', 'user.registered'];
    expect(await run('users', ...words)).toMatchObject({ lines: ['people: 6 of 6.', 'Told again: 6.'] });
    expect(await told()).toEqual([{ type: 'user.registered.retold', keys: 6, times: 6 }]);
  });

  it('explains itself', async () => {
    expect(await run('--help')).toEqual({ code: 0, lines: [expect.stringContaining('--anew')] });
  });

  it.each([
    [[], 'The subgraph is one of users.'],
    [['toString'], 'The subgraph is one of users.'],
    [['users', 'user.registered'], 'Too many words: user.registered. Try --help.'],
    [['users', '--rate', '0'], '--rate wants a whole number.'],
    [['users', '--type', 'user.friendRequested'], 'users tells no "user.friendRequested" again, but user.'],
    [['users', '--force'], "Unknown option '--force'"],
  ])('refuses %j by a line that says why', async (words, message) => {
    await expect(run(...words)).rejects.toThrow(message);
    await expect(run(...words)).rejects.toThrow(/^.+$/);
  });

  it('refuses the database of another subgraph', async () => {
    const elsewhere = { DATABASE_URL: process.env['TEST_POSTGRES_URL']! };
    await expect(runRetell(['users'], elsewhere, () => undefined)).rejects.toThrow(
      /belongs to .+, not to users_owner/,
    );
  });
});

it('goes on where it was killed when it is repeated, and tells nothing twice', async () => {
  const holder = await users.pool.connect();
  await holder.query('BEGIN');
  await holder.query('SELECT FROM accounts WHERE id = $1 FOR UPDATE', [[...ids].sort()[3]]);
  const child = spawn(process.execPath, ['--import', 'tsx', 'scripts/retell.ts', 'users'], {
    cwd: root,
    env: { PATH: process.env['PATH'], ...environment() },
    stdio: 'ignore',
  });
  const ended = once(child, 'close');
  await waitingForLocks(users.pool);
  child.kill('SIGKILL');
  expect(await ended).toEqual([null, 'SIGKILL']);
  expect(await told()).toContainEqual({ type: 'user.registered.retold', keys: 3, times: 3 });
  await holder.query('ROLLBACK');
  holder.release();
  const { lines } = await run('users', '--rate', '100000');
  expect(lines).toEqual(['people: 3 of 7.', 'people: 6 of 7.', 'platform: 7 of 7.', 'Told again: 7.']);
  expect(await told()).toContainEqual({ type: 'user.registered.retold', keys: 6, times: 6 });
});
