import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createApiKeys } from './api-keys.js';
export { clientRoutes } from './routes.js';
export { createServiceAccounts } from './service-accounts.js';
export { createServiceTokens } from './service-tokens.js';
export { createClientLoaders } from './loaders.js';
export { scopeCatalogue } from './rules.js';

export const clientsSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };
