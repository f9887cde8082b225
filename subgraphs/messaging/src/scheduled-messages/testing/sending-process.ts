/** `sending-process.ts URL STEP`: does the jobs of messaging, and ends as `kill -9` ends a process when one is so far. */
import { createPool, startJobs, systemClock, type JobTask } from '@diaspora/kit';
import { PrismaPg } from '@prisma/adapter-pg';
import { connectDatabase, type Db, type Transaction } from '../../database.js';
import { sendScheduledMessage } from '../../jobs.js';
import { jobsOf, silent } from '../../testing/killed-process.js';

const [url = '', endsAt = ''] = process.argv.slice(2);

async function reach(step: string): Promise<void> {
  if (step !== endsAt) return;
  process.kill(process.pid, 'SIGKILL');
  await new Promise(() => {});
}

/** The client, which is so far when all is written and nothing is committed. */
const reaching = (db: Db): Db =>
  new Proxy(db, {
    get: (target, name, receiver) =>
      name === '$transaction'
        ? (work: (tx: Transaction) => Promise<unknown>) =>
            target.$transaction(async (tx) => {
              const answer = await work(tx);
              await reach('WRITTEN');
              return answer;
            })
        : (Reflect.get(target, name, receiver) as unknown),
  });

const pool = createPool({ url });
const db = reaching(connectDatabase(new PrismaPg(pool)));
const send: JobTask = jobsOf({ db, clock: systemClock })[sendScheduledMessage.name]!;
const run: JobTask['run'] = async (payload, context) => {
  await reach('TAKEN');
  await send.run(payload, context);
  await reach('COMMITTED');
};
await startJobs({ pool, tasks: { [sendScheduledMessage.name]: { ...send, run } }, log: silent });
