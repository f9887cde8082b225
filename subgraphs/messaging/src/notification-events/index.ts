import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createWakingHandlers } from './handlers.js';
export { createNotificationEvents, type NotificationEvents } from './service.js';

export const notificationEventsSlice: Slice = {
  typeDefs: readTypeDefs(import.meta.url),
  resolvers,
  permissions,
};
