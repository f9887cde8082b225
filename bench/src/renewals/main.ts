/**
 * `npm run bench:renewals -- 100000 2`: so many subscriptions fall due at one moment, and so many processes of payments
 * advance them. One of them is killed on the way; at the end each subscription has been asked for once.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createPool, migrate, provisionDatabase } from '@diaspora/kit';
import { startPostgres } from '@diaspora/kit/embedded';

const [count = 10_000, processes = 2] = process.argv.slice(2).map(Number);
const due = new Date('2027-02-28T10:00:00Z');
const here = path.dirname(fileURLToPath(import.meta.url));

const folder = await mkdtemp(path.join(tmpdir(), 'diaspora-renewals-'));
await chmod(folder, 0o711);
const server = await startPostgres({ dataDir: folder, port: 0, durable: true });
try {
  const passwords = { ownerPassword: 'bench', servicePassword: 'bench' };
  const urls = await provisionDatabase({ adminUrl: server.url, name: 'payments', ...passwords });
  await migrate({ ...urls, modelPath: path.resolve(here, '../../../prisma/payments') });
  const owner = createPool({ url: urls.ownerUrl, max: 1 });
  await seed(owner, count);
  await owner.end();
  const pool = createPool({ url: urls.serviceUrl, max: 1 });
  const number = async (sql: string) => Number((await pool.query<{ n: string }>(sql)).rows[0]!.n);
  const asked = () => number('SELECT count(*) AS n FROM payments');

  const startedAt = performance.now();
  const [first, ...others] = Array.from({ length: processes }, () => startWorker(urls.serviceUrl));
  const ended = others.map((worker) => once(worker, 'exit'));
  while ((await asked()) < count / 4 && first!.exitCode === null)
    await new Promise((resolve) => setTimeout(resolve, 100));
  const killedAt = await asked();
  first!.kill('SIGKILL');
  if (others.length === 0) ended.push(once(startWorker(urls.serviceUrl), 'exit'));
  await Promise.all(ended);
  // What the killed one had in hand is due still, as for the crontab a minute later.
  await once(startWorker(urls.serviceUrl), 'exit');
  const seconds = (performance.now() - startedAt) / 1_000;

  const twice = await number(
    'SELECT count(*) AS n FROM (SELECT 1 FROM payments GROUP BY subscription_id HAVING count(*) > 1) AS t',
  );
  const left = await number('SELECT count(*) AS n FROM subscriptions WHERE next_step_at IS NOT NULL');
  const jobs = await number(
    `SELECT count(*) AS n FROM graphile_worker.jobs WHERE task_identifier = 'requestPayment'`,
  );
  await pool.end();
  console.log({
    subscriptions: count,
    processes,
    killedAt,
    seconds: Math.round(seconds * 10) / 10,
    perSecond: Math.round(count / seconds),
  });
  if (twice > 0 || left > 0 || jobs !== count)
    throw new Error(`${twice} were asked for twice, ${left} left out, ${jobs} jobs for ${count}.`);
} finally {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}

function startWorker(url: string) {
  const args = ['--import', 'tsx', path.join(here, 'worker.ts'), url, due.toISOString()];
  return spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] });
}

/** Subscriptions of a month that is over, each with the period that was paid. */
async function seed(pool: ReturnType<typeof createPool>, subscriptions: number): Promise<void> {
  const anchor = `'2027-01-31T10:00:00Z'::timestamptz`;
  const plan = `(SELECT id FROM plans WHERE code = 'PREMIUM_MONTHLY')`;
  await pool.query(`INSERT INTO subscriptions (id, user_id, plan_id, status, provider, payment_token, anchor_at, period_index,
      current_period_starts_at, current_period_ends_at, next_step_at, created_at)
    SELECT gen_random_uuid(), gen_random_uuid(), ${plan}, 'ACTIVE', 'sandbox', 'pm_sandbox_succeeds', ${anchor}, 0,
      ${anchor}, '${due.toISOString()}', '${due.toISOString()}', ${anchor} FROM generate_series(1, ${subscriptions})`);
  await pool.query(`INSERT INTO subscription_periods (subscription_id, index, kind, plan_id, number, amount_minor, created_at)
    SELECT id, 0, 'FIRST', plan_id, 0, 799, ${anchor} FROM subscriptions`);
  await pool.query('ANALYZE');
}
