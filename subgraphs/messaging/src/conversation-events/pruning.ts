import { dayMs, defineJob, onJob, type Clock, type JobTasks } from '@diaspora/kit';
import { z } from 'zod';
import type { Db } from '../database.js';

export const pruneConversationEvents = defineJob('pruneConversationEvents', z.object({}));

/** Whoever comes back later reads the state again. */
const keptDays = 30;
const prunedTogether = 5_000;

/** Takes old events out of the log, a few at a time; the messages they tell of stay. */
export function createPruning({ db, clock }: { readonly db: Db; readonly clock: Clock }) {
  async function prune(): Promise<void> {
    const before = new Date(clock.now().getTime() - keptDays * dayMs);
    let pruned: number;
    do {
      pruned = await db.$executeRaw`
        DELETE FROM conversation_events WHERE (conversation_id, position) IN (
          SELECT conversation_id, position FROM conversation_events WHERE occurred_at < ${before}
          LIMIT ${prunedTogether}::int)`;
    } while (pruned === prunedTogether);
  }
  const jobs: JobTasks = onJob(pruneConversationEvents, prune);
  return { jobs, crontab: `20 3 * * * ${pruneConversationEvents.name}` };
}
