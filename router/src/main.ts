import { ConfigError, connectRedis, createLogger, runMain } from '@diaspora/kit/core';
import { readConfig, type RouterConfig } from './config.js';
import { readOptions, usage, UsageError } from './options.js';
import { createRouter } from './router.js';

const words = process.argv.slice(2);
if (words.some((word) => word === '--help' || word === '-h')) {
  process.stdout.write(usage());
  process.exit(0);
}

const config = readSettings();
const log = createLogger({ name: 'router', level: config.LOG_LEVEL });

await runMain(async () => {
  const redis =
    config.REDIS_URL === undefined ? undefined : connectRedis({ url: config.REDIS_URL, log, name: 'router' });
  try {
    const router = await createRouter({ config, redis, log });
    const stop = () => router.stop().finally(() => redis?.stop());
    return { url: router.url, stop, reload: () => router.reload() };
  } catch (error) {
    await redis?.stop();
    throw error;
  }
}, log);

/** Options of the command line before variables of the environment. What is wrong with them is one line and exit code 2. */
function readSettings(): RouterConfig {
  try {
    return readConfig({ ...process.env, ...readOptions(words) });
  } catch (error) {
    if (!(error instanceof UsageError) && !(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message.replace(/\n\s*/g, ' ')}\n`);
    process.exit(2);
  }
}
