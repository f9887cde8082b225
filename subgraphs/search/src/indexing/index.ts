export { indexingHandlers } from './handlers.js';
