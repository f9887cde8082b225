import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { appendEvent, type Happening } from './log.js';
export { createPruning } from './pruning.js';
export { createConversationEvents, type ConversationEvents } from './service.js';

export const conversationEventsSlice: Slice = {
  typeDefs: readTypeDefs(import.meta.url),
  resolvers,
  permissions,
};
