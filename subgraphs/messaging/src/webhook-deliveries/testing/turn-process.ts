/** `turn-process.ts URL WEBHOOK HOST TIME`: takes a turn of a webhook at that time. Whoever forks it ends it. */
import { createPool } from '@diaspora/kit';
import { PrismaPg } from '@prisma/adapter-pg';
import { connectDatabase } from '../../database.js';
import { jobsOf, silent } from '../../testing/killed-process.js';
import { sendToWebhook } from '../jobs.js';

const [url = '', webhookId = '', host = '', time = ''] = process.argv.slice(2);

const db = connectDatabase(new PrismaPg(createPool({ url })));
const jobs = jobsOf({ db, clock: { now: () => new Date(time) } }, { TARGETS_INNER_HOSTS: [host] });
const context = { signal: new AbortController().signal, log: silent };
await jobs[sendToWebhook.name]!.run({ webhookId } as never, context as never);
