export { eventHandlers } from './projection.js';
