import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export type { WebhookReplay } from './definition.js';
export { createWebhookReplays, type WebhookReplays } from './service.js';

export const webhookReplaysSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };
