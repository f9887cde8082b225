import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createCustomerImports, type CustomerImportRow } from './service.js';
export type { ImportUpload } from './uploads.js';

export const customerImportsSlice: Slice = {
  typeDefs: readTypeDefs(import.meta.url),
  resolvers,
  permissions,
};
