import { createLogger, runMain } from '@diaspora/kit';
import { loadEventsConfig } from './config.js';
import { startEvents } from './subgraph.js';

const log = createLogger({ name: 'events', level: process.env['LOG_LEVEL'] });

await runMain(() => startEvents({ config: loadEventsConfig(process.env), log }), log);
