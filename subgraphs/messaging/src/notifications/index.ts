import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { friendNotice } from './people-rules.js';
export { joinDecisionNotice, joinWishNotices } from './group-rules.js';
export { createNotificationLoaders, type NotificationLoaders } from './loaders.js';
export { isStillMissed } from './missed-messages.js';
export { createOccasions } from './occasions.js';
export { createNotifications, type Notifications } from './service.js';
export type { Notice } from './rules.js';
export { createTelling, type Telling } from './telling.js';

export const notificationsSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };
