export { createSubscriptions, type Subscriptions } from './subscriptions.js';
