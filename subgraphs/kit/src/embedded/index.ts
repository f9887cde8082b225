export { assertPortFree, findFreePort } from './ports.js';
export { startPostgres } from './postgres.js';
export type { EmbeddedPostgres, PostgresOptions } from './postgres.js';
export { startRedis } from './redis.js';
export type { EmbeddedRedis, RedisOptions } from './redis.js';
