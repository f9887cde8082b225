export { blockHandlers } from './projection.js';
export { notBlocked, notBlockedRows, notMuted, type Reader } from './visibility.js';
