/** `importing-process.ts URL FOLDER`: does the background work of customers until this process is killed. */
import {
  createAudit,
  createLogger,
  createLongJobs,
  createPool,
  startJobs,
  systemClock as clock,
} from '@diaspora/kit';
import { PrismaPg } from '@prisma/adapter-pg';
import { createAuthority } from '../../authority/index.js';
import { createBudgets } from '../../budgets/index.js';
import { createCustomerFields } from '../../customer-fields/index.js';
import { connectDatabase } from '../../database.js';
import { createCustomerImports } from '../index.js';
import { folderStore } from './files.js';

const [url = '', folder = ''] = process.argv.slice(2);
const pool = createPool({ url });
const db = connectDatabase(new PrismaPg(pool));
const audit = createAudit({ source: 'users', clock });
const cache = { wrap: (_key: string, _seconds: number, load: () => Promise<unknown>) => load() };
const authority = createAuthority({ db, cache: cache as never });
const imports = createCustomerImports({
  ...{ db, clock, audit, authority, longJobs: createLongJobs({ db, clock }) },
  fields: createCustomerFields({ db, clock, audit, authority }),
  budgets: createBudgets({ db, clock, secret: 'of-no-request-here' }),
  privateStore: folderStore(folder),
});
const log = createLogger({ name: 'test', level: 'silent' });
await startJobs({ pool, tasks: imports.jobs, log, pollMs: 100 });
process.send?.('ready');
