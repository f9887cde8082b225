import type { Messaging } from './given.js';

/** Until so many statements in this database wait for a lock. */
export async function waitingForLocks({ db }: Pick<Messaging, 'db'>, count = 1): Promise<void> {
  for (;;) {
    const [found] = await db.$queryRaw<{ count: number }[]>`
      SELECT count(*)::int AS count FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    if (found!.count >= count) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
