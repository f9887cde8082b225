import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createQuerying, type Querying, type SearchPage } from './service.js';

export const queryingSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };
