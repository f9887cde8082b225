import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createCustomerFieldLoaders } from './loaders.js';
export {
  customValues,
  parseCustomValue,
  type CustomValue,
  type CustomValues,
  type TypedValue,
} from './rules.js';
export { createCustomerFields, type CustomerFields } from './service.js';

export const customerFieldsSlice: Slice = {
  typeDefs: readTypeDefs(import.meta.url),
  resolvers,
  permissions,
};
