/** One process of payments that advances what is due, once: `worker.ts <database url> <now>`. */
import { createLogger, createPool } from '@diaspora/kit';
import { createPaymentsSubgraph } from '@diaspora/payments';
import { connectDatabase } from '@diaspora/payments/database';
import { PrismaPg } from '@prisma/adapter-pg';

const [url = '', now = ''] = process.argv.slice(2);
const pool = createPool({ url, max: 10 });
const db = connectDatabase(new PrismaPg(pool));
const { jobs } = createPaymentsSubgraph({
  db,
  clock: { now: () => new Date(now) },
  log: createLogger({ name: 'bench', level: 'error' }),
  config: { SANDBOX_WEBHOOK_SECRET: 'x'.repeat(32), SANDBOX_WEBHOOK_URL: 'http://127.0.0.1:1/' },
} as never);
const context = { signal: new AbortController().signal };
await jobs!['advanceSubscriptions']!.run({} as never, context as never);
await db.$disconnect();
await pool.end();
