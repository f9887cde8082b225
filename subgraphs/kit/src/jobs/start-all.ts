import type { JobTasks } from './definitions.js';
import { startJobs, type Jobs, type JobsOptions } from './worker.js';

/** How many jobs that wait for servers of others a process runs at once. */
const slowAtOnce = 4;

const tasksThatAre = (kind: 'QUICK' | 'SLOW', tasks: JobTasks): JobTasks =>
  Object.fromEntries(Object.entries(tasks).filter(([, { isSlow = false }]) => isSlow === (kind === 'SLOW')));

/**
 * Runs all jobs of a database: those that are slow by a runner of their own, so that however long a server of others takes,
 * the workers that see to payments, say, are never all waiting for it. The crontab is of the first runner.
 */
export async function startAllJobs({ tasks, ...options }: JobsOptions): Promise<Jobs> {
  const { crontab: _first, ...same } = options;
  const slow = tasksThatAre('SLOW', tasks);
  const first = await startJobs({ ...options, tasks: tasksThatAre('QUICK', tasks) });
  if (Object.keys(slow).length === 0) return first;
  const second = await startJobs({ ...same, tasks: slow, concurrency: slowAtOnce }).catch(
    async (error: unknown) => {
      await first.stop();
      throw error;
    },
  );
  return { stop: async () => void (await Promise.all([first.stop(), second.stop()])) };
}
