export { createReminders, type Reminders } from './service.js';
