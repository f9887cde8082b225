import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createDisabling, type Disabling } from './disabling.js';
export { createWebhookLoaders, type WebhookLoaders } from './loaders.js';
export { matches, type Condition } from './rules.js';
export { createSecrets, type Secrets } from './secrets.js';
export { createWebhooks, filterOf, noSuchWebhook, type Webhooks } from './service.js';

export const webhooksSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };
