/**
 * What every process needs, the router too: none of it loads GraphQL, a database client or a web framework, which
 * cost 80 MB of memory and two seconds of start.
 */
export * from './canonical-json.js';
export * from './clock.js';
export * from './config.js';
export * from './durations.js';
export * from './errors.js';
export * from './http/client-address.js';
export * from './http/health.js';
export * from './http/listen.js';
export * from './ids.js';
export * from './input.js';
export * from './logger.js';
export * from './redis/index.js';
export * from './operation.js';
export * from './shutdown.js';
export * from './viewer.js';
export { requestErrorCodes } from './graphql/error-codes.js';
