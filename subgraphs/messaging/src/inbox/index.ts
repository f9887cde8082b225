import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createInbox, type Inbox } from './service.js';

export const inboxSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };
