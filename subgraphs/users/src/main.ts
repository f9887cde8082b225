import { createLogger, runMain } from '@diaspora/kit';
import { loadUsersConfig } from './config.js';
import { startUsers } from './subgraph.js';

const log = createLogger({ name: 'users', level: process.env['LOG_LEVEL'] });

await runMain(() => startUsers({ config: loadUsersConfig(process.env), log }), log);
