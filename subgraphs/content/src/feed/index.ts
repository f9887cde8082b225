import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createFeed, type Feed } from './service.js';

export const feedSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };
