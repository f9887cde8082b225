import { connectRedis, createLogger, runMain } from '@diaspora/kit';
import { readConfig } from './config.js';
import { createRouter } from './router.js';

const log = createLogger({ name: 'router' });

await runMain(async () => {
  const config = readConfig(process.env);
  log.level = config.LOG_LEVEL;
  const redis = connectRedis({ url: config.REDIS_URL, log, name: 'router' });
  try {
    const router = await createRouter({ config, redis, log });
    return { url: router.url, stop: () => router.stop().finally(() => redis.stop()) };
  } catch (error) {
    await redis.stop();
    throw error;
  }
}, log);
