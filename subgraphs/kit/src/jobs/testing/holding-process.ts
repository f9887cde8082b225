/** `holding-process.ts URL NAME`: runs jobs that hold until the test releases them, or kills this process. */
import { createPool } from '../../database/pool.js';
import { silent } from '../../messages/testing.js';
import { startJobs } from '../worker.js';
import { holdingTasks } from './holding.js';

const [url = '', name = ''] = process.argv.slice(2);
const pool = createPool({ url });
await startJobs({ pool, tasks: holdingTasks(pool, name), log: silent, pollMs: 100 });
process.send?.('ready');
