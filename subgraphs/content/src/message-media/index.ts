import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createMediaGrants, type MediaGrants } from './grants.js';
export { createMessageMediaLoaders, type MessageMediaLoaders } from './loaders.js';

export const messageMediaSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };
