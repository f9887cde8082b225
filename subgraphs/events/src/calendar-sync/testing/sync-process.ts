/** `sync-process.ts PLAN`: synchronises a connected calendar, unless it is killed meanwhile. */
import { createLogger, createPool } from '@diaspora/kit';
import { PrismaPg } from '@prisma/adapter-pg';
import { connectDatabase } from '../../database.js';
import { syncCalendar } from '../../jobs.js';
import { createEventsSubgraph } from '../../subgraph.js';
import { testConfig } from '../../testing/config.js';
import type { ProviderSettings } from '../index.js';

export interface SyncPlan {
  readonly url: string;
  readonly now: string;
  readonly connectionId: string;
  readonly calendars: ProviderSettings;
}

const { url, now, connectionId, calendars } = JSON.parse(process.argv[2] ?? '') as SyncPlan;
const pool = createPool({ url });
const db = connectDatabase(new PrismaPg(pool));
const { jobs } = createEventsSubgraph({
  ...{ db, clock: { now: () => new Date(now) }, config: testConfig, calendars },
  ...{ privateStore: {} as never, mailer: {} as never },
});
const log = createLogger({ name: 'events', level: 'silent' });
const run = { log, signal: new AbortController().signal };
await jobs![syncCalendar.name]!.run({ connectionId } as never, run as never);
await db.$disconnect();
await pool.end();
