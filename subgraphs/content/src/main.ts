import { createLogger, runMain } from '@diaspora/kit';
import { loadContentConfig } from './config.js';
import { startContent } from './subgraph.js';

const log = createLogger({ name: 'content', level: process.env['LOG_LEVEL'] });

await runMain(() => startContent({ config: loadContentConfig(process.env), log }), log);
