export { migrate } from './migrations.js';
export type { MigrateOptions } from './migrations.js';
export { createPool } from './pool.js';
export type { PoolOptions } from './pool.js';
export { provisionDatabase } from './provision.js';
export type { ProvisionOptions } from './provision.js';
export { clientOptions } from './client-options.js';
export { isOutage } from './outage.js';
export { likeContaining, likeLiteral } from './like.js';
