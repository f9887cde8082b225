import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createMessageSearch, type Hit, type MessageSearch } from './service.js';

export const messageSearchSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };
