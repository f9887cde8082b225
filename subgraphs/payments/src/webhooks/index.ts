import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createInbox, type Inbox } from './inbox.js';
export { webhookRoutes } from './route.js';

export const webhooksSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };
