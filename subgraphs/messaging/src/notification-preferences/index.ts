import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { decide, type Choices, type Decision } from './rules.js';
export { channels, createNotificationPreferences, type NotificationPreferences } from './service.js';
export { digestAfter, quietEnd, type Times } from './times.js';
export { traitsOf } from './traits.js';

export const notificationPreferencesSlice: Slice = {
  typeDefs: readTypeDefs(import.meta.url),
  resolvers,
  permissions,
};
