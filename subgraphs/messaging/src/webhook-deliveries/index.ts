import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createFanOut } from './fan-out.js';
export { forgetWebhookEvents, sendToWebhook, wake } from './jobs.js';
export { createWebhookDeliveryLoaders, type WebhookDeliveryLoaders } from './loaders.js';
export { assertEnabled, createWebhookLog, sendAgain, type WebhookLog } from './log.js';
export { createWebhookMetrics } from './metrics.js';
export { createSending } from './sending.js';
export { createSettling } from './settling.js';

export const webhookDeliveriesSlice: Slice = {
  typeDefs: readTypeDefs(import.meta.url),
  resolvers,
  permissions,
};
