import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createEventConversationHandlers } from './handlers.js';
export { createEventConversationLoaders, type EventConversationLoaders } from './loaders.js';
export { createEventConversations } from './service.js';

export const eventConversationsSlice: Slice = {
  typeDefs: readTypeDefs(import.meta.url),
  resolvers,
  permissions,
};
