import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createUserSearchLoaders } from './loaders.js';
export type { Administration } from './loaders.js';
export { createUserSearch } from './service.js';

export const userSearchSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };
