import { createPool, startAllJobs } from '@diaspora/kit';
import { silentLog } from '@diaspora/kit/testing';
import type { Messaging } from './given.js';

/** Out of the reach of a worker, which goes by the clock of PostgreSQL. */
const away = `interval '1000 years'`;

/**
 * The real workers of these processes, by the clock of the test: what is added waits far away until its time has come by
 * that clock.
 */
export async function startWorkers(
  { database, clock }: Pick<Messaging, 'database' | 'clock'>,
  processes: readonly Pick<Messaging, 'subgraph'>[],
) {
  const admin = createPool({ url: database.adminUrl });
  await admin.query(`
    CREATE FUNCTION put_away() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN NEW.run_at := NEW.run_at + ${away}; RETURN NEW; END $$;
    CREATE TRIGGER put_away BEFORE INSERT ON graphile_worker._private_jobs
      FOR EACH ROW EXECUTE FUNCTION put_away()`);
  const pools = processes.map(() => createPool({ url: database.url, max: 12 }));
  const workers = await Promise.all(
    processes.map(({ subgraph }, index) =>
      startAllJobs({ pool: pools[index]!, tasks: subgraph.jobs!, log: silentLog, pollMs: 20 }),
    ),
  );

  /** Gives them what is due, until nothing of it is left. */
  async function work(): Promise<void> {
    for (;;) {
      await admin.query(
        `UPDATE graphile_worker._private_jobs SET run_at = now() WHERE run_at > now() AND run_at <= $1::timestamptz + ${away}`,
        [clock.now()],
      );
      const { rows } = await admin.query<{ left: number }>(
        'SELECT count(*)::int AS left FROM graphile_worker._private_jobs WHERE run_at <= now()',
      );
      if (rows[0]!.left === 0) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async function stop(): Promise<void> {
    await Promise.all(workers.map((worker) => worker.stop()));
    await Promise.all([admin, ...pools].map((pool) => pool.end()));
  }
  return { work, stop };
}
