import { connectRedis, createLogger, runMain } from '@diaspora/kit';
import { readConfig } from './config.js';
import { createRouter } from './router.js';

const log = createLogger({ name: 'router', level: process.env['LOG_LEVEL'] });

await runMain(async () => {
  const config = readConfig(process.env);
  const redis = connectRedis({ url: config.REDIS_URL, log, name: 'router' });
  try {
    const router = await createRouter({ config, redis, log });
    return { url: router.url, stop: () => router.stop().finally(() => redis.stop()) };
  } catch (error) {
    await redis.stop();
    throw error;
  }
}, log);
