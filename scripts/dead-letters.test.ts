import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createPool } from '@diaspora/kit';
import { createTestDatabase, waitingForLocks, type TestDatabase } from '@diaspora/kit/testing';
import { runDeadLetters } from './lib/dead-letters.js';
import { root } from './lib/subgraphs.js';

let database: TestDatabase;
let pool: ReturnType<typeof createPool>;
beforeAll(async () => {
  database = await createTestDatabase('content');
  pool = createPool({ url: database.url });
});
beforeEach(async () => {
  await pool.query('DELETE FROM kit.parked_messages');
  await pool.query('DELETE FROM kit.inbox');
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

/** A message that was given up so many minutes ago. */
async function given(minutes: number, type = 'user.profileChanged', error = 'TypeError: no such thing') {
  const id = randomUUID();
  await pool.query(
    `INSERT INTO kit.parked_messages (message_id, source, type, key, envelope, attempts, last_error, dead_at)
     VALUES ($1, 'users', $2, 'usr_1', '{"data":{"displayName":"Ana"}}', 10, $3, now() - $4 * interval '1 minute')`,
    [id, type, error, minutes],
  );
  return id;
}

async function run(...words: string[]) {
  const lines: string[] = [];
  const code = await runDeadLetters(words, { DATABASE_URL: database.url }, (line) => lines.push(line));
  return { code, lines };
}

const state = async () =>
  (
    await pool.query<{ dead: number; waiting: number }>(
      `SELECT count(dead_at)::int AS dead, count(*) FILTER (WHERE dead_at IS NULL)::int AS waiting
       FROM kit.parked_messages`,
    )
  ).rows[0];

describe('npm run dead-letters', () => {
  it('tells what was given up, newest first, why and after how many attempts, and nothing of what it said', async () => {
    const old = await given(3.5 * 24 * 60, 'event.changed', 'Error: \u001b[2Jgone');
    const recent = await given(5.5 * 60);
    const { code, lines } = await run('content');
    expect(code).toBe(0);
    expect(lines).toEqual([
      expect.stringMatching(/^ID +TYPE +AGE +ATTEMPTS +ERROR$/),
      expect.stringMatching(`^${recent}  user\\.profileChanged  5 h  10        TypeError: no such thing$`),
      expect.stringMatching(`^${old}  event\\.changed        3 d  10        Error:  \\[2Jgone$`),
    ]);
    expect(lines.join()).not.toMatch(/Ana|usr_1/);
  });

  it('tells what it said when asked to, those of a type alone, and of many the newest', async () => {
    const recent = await given(5);
    await given(6);
    await given(1, 'event.changed');
    const { lines } = await run(
      'content',
      'list',
      '--payload',
      '--type',
      'user.profileChanged',
      '--limit',
      '1',
    );
    expect(lines.slice(1)).toEqual([
      expect.stringContaining(recent),
      '{"data":{"displayName":"Ana"}}',
      '1 more, for a higher --limit.',
    ]);
    await pool.query('DELETE FROM kit.parked_messages');
    expect(await run('content')).toEqual({ code: 0, lines: ['There are none.'] });
  });

  it('hands one back, and again is no fault', async () => {
    const [id, other] = [await given(1), await given(2)];
    expect(await run('content', 'replay', id)).toEqual({ code: 0, lines: [`${id}: handed back.`] });
    expect(await state()).toEqual({ dead: 1, waiting: 1 });
    expect(await run('content', 'replay', id)).toMatchObject({ code: 0 });
    expect(await run('content', 'discard', id)).toMatchObject({ code: 1 });
    expect(await run('content', 'discard', other)).toEqual({ code: 0, lines: [`${other}: discarded.`] });
    for (const action of ['discard', 'replay'])
      expect(await run('content', action, other)).toEqual({
        code: 0,
        lines: [`${other}: is settled already.`],
      });
    expect(await run('content', 'replay', randomUUID())).toMatchObject({ code: 1 });
    expect(await state()).toEqual({ dead: 0, waiting: 1 });
  });

  it('explains itself', async () => {
    expect(await run('--help')).toEqual({ code: 0, lines: [expect.stringContaining('replay --all')] });
  });

  it.each([
    [[], 'The subgraph is one of content, events,'],
    [['contents'], 'The subgraph is one of'],
    [['content', 'resend'], 'There is no "resend" like that. Try --help.'],
    [['content', 'replay'], 'replay wants an id of the list.'],
    [['content', 'replay', '--all', randomUUID()], 'replay takes either an id or --all.'],
    [['content', 'discard', '--all'], 'discard takes either an id or --all.'],
    [['content', 'discard', "x'; --"], 'discard wants an id of the list.'],
    [['content', 'list', '--limit', '0'], '--limit wants a whole number.'],
    [['content', 'list', 'all', 'of', 'them'], 'Too many words: of them.'],
    [['content', '--force'], "Unknown option '--force'"],
    [
      ['events'],
      /^The database content_\S+ at DATABASE_URL belongs to content_owner, not to events_owner\.$/,
    ],
  ])('refuses %j by a line that says why', async (words, message) => {
    await expect(run(...words)).rejects.toThrow(message);
    await expect(run(...words)).rejects.toThrow(/^.+$/);
  });
});

/** As an operator runs it. */
function start(words: string[]) {
  const child = spawn(process.execPath, ['--import', 'tsx', 'scripts/dead-letters.ts', ...words], {
    cwd: root,
    env: { PATH: process.env['PATH'], DATABASE_URL: database.url },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream].setEncoding('utf8').on('data', (text: string) => (output[stream] += text));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, ...output }));
  return { child, ended };
}

describe('the command', () => {
  it('says in one line what is wrong', async () => {
    const wrong = await start(['content', 'resend']).ended;
    expect(wrong).toEqual({ code: 2, stdout: '', stderr: 'There is no "resend" like that. Try --help.\n' });
  });

  it('that is killed in the middle of many has done what it did, and does the rest when it is repeated', async () => {
    const ids: string[] = [];
    for (let minutes = 9; minutes > 0; minutes--) ids.push(await given(minutes));
    const holder = await pool.connect();
    await holder.query('BEGIN');
    await holder.query('SELECT FROM kit.parked_messages WHERE message_id = $1 FOR UPDATE', [ids[4]]);
    const { child, ended } = start(['content', 'replay', '--all']);
    await waitingForLocks(pool);
    child.kill('SIGKILL');
    expect(await ended).toMatchObject({ code: null, stdout: '' });
    expect(await state()).toEqual({ dead: 5, waiting: 4 });
    await holder.query('ROLLBACK');
    holder.release();
    // What it had sent last may still be done: it is one of those that it was told to do.
    expect(await run('content', 'replay', '--all')).toMatchObject({ code: 0 });
    expect(await state()).toEqual({ dead: 0, waiting: 9 });
  });
});
