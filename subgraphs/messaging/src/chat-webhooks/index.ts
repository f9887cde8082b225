import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createChatWebhooks, type ChatWebhooks } from './service.js';

export const chatWebhooksSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };
