import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createEventHandlers } from './event-handlers.js';
export { createNotificationHandlers } from './handlers.js';
export { createPeopleHandlers } from './people-handlers.js';
export { friendNotice } from './people-rules.js';
export { createNotificationLoaders, type NotificationLoaders } from './loaders.js';
export { createNotifications, type Notifications } from './service.js';

export const notificationsSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };
