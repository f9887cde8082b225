export { createSubscriptions, type SubscriptionCounts, type Subscriptions } from './subscriptions.js';
