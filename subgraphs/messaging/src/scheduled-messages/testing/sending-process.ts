/** `sending-process.ts URL STEP`: does the jobs of messaging, and ends as `kill -9` ends a process when one is so far. */
import { createLogger, createPool, startJobs, systemClock, type JobTask } from '@diaspora/kit';
import { PrismaPg } from '@prisma/adapter-pg';
import { Registry } from 'prom-client';
import { connectDatabase, type Db, type Transaction } from '../../database.js';
import { sendScheduledMessage } from '../../jobs.js';
import { createMessagingSubgraph } from '../../subgraph.js';

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
const log = createLogger({ name: 'messaging', level: 'silent' });
const subgraph = createMessagingSubgraph({
  db: reaching(connectDatabase(new PrismaPg(pool))),
  clock: systemClock,
  live: { publish: async () => undefined } as never,
  expiring: {} as never,
  privateStore: {} as never,
  registry: new Registry(),
  config: {
    ...{ FREE_MESSAGES_PER_DAY: 50, MESSAGE_DELETE_HOURS: 48, MESSAGE_EDIT_HOURS: 24, TARGETS_OPEN: false },
    VIEWER_SECRET: 'a viewer secret for tests only, long',
    SEALING_SECRET: 'a secret of at least 32 characters',
    PUBLIC_URL: 'https://messaging.example',
    CHAT_WEBHOOK_HOSTS: [],
    TARGETS_INNER_HOSTS: [],
    push: { fcm: null, vapid: null },
  },
});
const send: JobTask = subgraph.jobs![sendScheduledMessage.name]!;
const run: JobTask['run'] = async (payload, context) => {
  await reach('TAKEN');
  await send.run(payload, context);
  await reach('COMMITTED');
};
await startJobs({ pool, tasks: { [sendScheduledMessage.name]: { ...send, run } }, log });
