import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createCustomerMergeLoaders } from './loaders.js';
export { createCustomerMerges } from './service.js';

export const customerMergesSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };
