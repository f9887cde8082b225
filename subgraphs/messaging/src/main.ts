import { createLogger, runMain } from '@diaspora/kit';
import { loadMessagingConfig } from './config.js';
import { startMessaging } from './subgraph.js';

const log = createLogger({ name: 'messaging', level: process.env['LOG_LEVEL'] });

await runMain(() => startMessaging({ config: loadMessagingConfig(process.env), log }), log);
