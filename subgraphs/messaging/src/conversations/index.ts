import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { countsInTotal, isAccepted, isAcceptedBy, isToldAt } from './boxes.js';
export { createConversationLoaders, type ConversationLoaders } from './loaders.js';
export { createConversations, type Conversations } from './service.js';
export {
  countUnread,
  isInWindow,
  isSeenBy,
  isShownTo,
  newestSeenBy,
  seenAmong,
  toldUntil,
} from './windows.js';

export const conversationsSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };
