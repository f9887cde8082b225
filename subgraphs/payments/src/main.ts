import { createLogger, runMain } from '@diaspora/kit';
import { loadPaymentsConfig } from './config.js';
import { startPayments } from './subgraph.js';

const log = createLogger({ name: 'payments', level: process.env['LOG_LEVEL'] });

await runMain(() => startPayments({ config: loadPaymentsConfig(process.env), log }), log);
