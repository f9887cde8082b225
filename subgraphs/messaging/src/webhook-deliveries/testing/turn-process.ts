/** `turn-process.ts URL WEBHOOK HOST TIME`: takes a turn of a webhook at that time. Whoever forks it ends it. */
import { createLogger, createPool } from '@diaspora/kit';
import { PrismaPg } from '@prisma/adapter-pg';
import { Registry } from 'prom-client';
import { connectDatabase } from '../../database.js';
import { createMessagingSubgraph } from '../../subgraph.js';
import { sendToWebhook } from '../jobs.js';

const [url = '', webhookId = '', host = '', time = ''] = process.argv.slice(2);

const subgraph = createMessagingSubgraph({
  db: connectDatabase(new PrismaPg(createPool({ url }))),
  clock: { now: () => new Date(time) },
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
    TARGETS_INNER_HOSTS: [host],
    push: { fcm: null, vapid: null },
  },
});
const log = createLogger({ name: 'messaging', level: 'silent' });
const context = { signal: new AbortController().signal, log };
await subgraph.jobs![sendToWebhook.name]!.run({ webhookId } as never, context as never);
