export { notBlocked } from './condition.js';
export { blockHandlers } from './projection.js';
