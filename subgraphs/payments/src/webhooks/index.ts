export { createInbox, type Inbox } from './inbox.js';
export { webhookRoutes } from './route.js';
