import { createLogger, runMain } from '@diaspora/kit';
import { loadSearchConfig } from './config.js';
import { startSearch } from './subgraph.js';

const log = createLogger({ name: 'search', level: process.env['LOG_LEVEL'] });

await runMain(() => startSearch({ config: loadSearchConfig(process.env), log }), log);
