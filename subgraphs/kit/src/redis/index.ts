export { connectRedis } from './connect.js';
export type { RedisConnection, RedisOptions, RedisStatus } from './connect.js';
export type { ChannelListener, Listening, Subscriptions } from './subscriptions.js';
export { createCache } from './cache.js';
export type { Cache } from './cache.js';
export { createLive, isLiveOverflow } from './live.js';
export type { Live, LiveItem, LiveSubscription } from './live.js';
export { createRevocations } from './revocations.js';
export type { Revocations, RevocationsOptions, TokenFacts } from './revocations.js';
