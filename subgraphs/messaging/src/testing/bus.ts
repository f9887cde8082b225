import { silentLog } from '@diaspora/kit/testing';
import type { Job, MessageHandler } from '@diaspora/kit';
import type { Transaction } from '../database.js';
import type { Messaging } from './given.js';

/** As the bus delivers it: one handler, one transaction. The message has the id of what it says. */
export async function deliverTo(messaging: Messaging, type: string, data: object, id = 'm'): Promise<void> {
  const handlers = messaging.subgraph.handlers as readonly MessageHandler<Transaction>[];
  const handler = handlers.find((each) => each.type === type)!;
  const origin = { id, source: handler.source, type, key: 'k', time: messaging.clock.now() };
  const rest = {
    requestId: undefined,
    traceparent: undefined,
    data: handler.schema.parse(JSON.parse(JSON.stringify(data))),
  };
  await messaging.db.$transaction((tx) => handler.handle({ ...origin, ...rest }, tx));
}

/** Runs a task now, as the worker would. */
export async function runTask(messaging: Messaging, name: string, payload: object = {}): Promise<void> {
  const task = messaging.subgraph.jobs![name]!;
  const context = { attempt: 1, maxAttempts: 25, log: silentLog, signal: new AbortController().signal };
  await task.run(task.schema.parse(payload) as never, context as never);
}

/** Runs what was added of a job until nothing of it waits, at whatever time it is due. */
export async function runAdded(messaging: Messaging, { name }: Pick<Job, 'name'>): Promise<void> {
  for (;;) {
    const jobs = await messaging.db.$queryRaw<{ id: string; payload: object }[]>`
      SELECT j.id::text AS id, j.payload FROM graphile_worker._private_jobs j
      JOIN graphile_worker._private_tasks t ON t.id = j.task_id WHERE t.identifier = ${name} ORDER BY j.id`;
    if (jobs.length === 0) return;
    await messaging.db.$queryRaw`SELECT graphile_worker.complete_jobs(${jobs.map(({ id }) => id)}::bigint[])`;
    for (const { payload } of jobs) await runTask(messaging, name, payload);
  }
}

/** Runs what is due of a job by the clock of the test, until nothing of it is; at most one at a time. */
export async function runDue(messaging: Messaging, name: string): Promise<number> {
  for (let count = 0; ; count++) {
    const [job] = await messaging.db.$queryRaw<{ id: string; payload: object }[]>`
      SELECT j.id::text AS id, j.payload FROM graphile_worker._private_jobs j
      JOIN graphile_worker._private_tasks t ON t.id = j.task_id
      WHERE t.identifier = ${name} AND j.run_at <= ${messaging.clock.now()} ORDER BY j.run_at, j.id LIMIT 1`;
    if (!job) return count;
    await messaging.db.$queryRaw`SELECT graphile_worker.complete_jobs(${[job.id]}::bigint[])`;
    await runTask(messaging, name, job.payload);
  }
}

/** What was said in a conversation so far, as the bus delivers it. */
export async function deliverSent(messaging: Messaging, conversationId: string): Promise<void> {
  for (const data of await messaging.published(conversationId, 'message.sent'))
    await deliverTo(messaging, 'message.sent', data);
}
