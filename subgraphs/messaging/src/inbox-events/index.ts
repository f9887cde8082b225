import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createInboxEvents, type InboxEvents } from './service.js';

export const inboxEventsSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };
