/** `counting-process.ts URL NAME`: counts until this process is killed. */
import { createPool } from '../../database/pool.js';
import { startJobs } from '../../jobs/index.js';
import { silent } from '../../messages/testing.js';
import { countingTasks } from './counting.js';

const [url = '', name = ''] = process.argv.slice(2);
const pool = createPool({ url });
await startJobs({ pool, tasks: countingTasks(pool, name), log: silent, pollMs: 100 });
process.send?.('ready');
