export { createStandingHandlers } from './handlers.js';
export { readStanding } from './reading.js';
export { lackOf, type Lack, type Standing } from './rules.js';
