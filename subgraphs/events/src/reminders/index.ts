export { createReminders } from './service.js';
