import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createEventOwners } from './service.js';

export const eventOwnersSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };
