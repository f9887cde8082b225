import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createCustomerBulk, type BulkChangeRow } from './service.js';

export const customerBulkSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };
