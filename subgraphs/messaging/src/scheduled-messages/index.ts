import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createScheduledMessageLoaders, type ScheduledMessageLoaders } from './loaders.js';
export { createSending } from './sending.js';
export { createScheduledMessages, type ScheduledMessages } from './service.js';

export const scheduledMessagesSlice: Slice = {
  typeDefs: readTypeDefs(import.meta.url),
  resolvers,
  permissions,
};
