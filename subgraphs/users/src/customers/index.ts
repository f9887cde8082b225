import { readTypeDefs, type Connection, type Slice } from '@diaspora/kit';
import type { Customer } from '../__generated__/prisma/client.js';
import type { CustomerRows } from './listing.js';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { assertMember, createCustomerAccess, type CustomerAccess } from './access.js';
export { filterOf } from './decoding.js';
export { createCustomerListing, type CustomerListing, type CustomerQuery } from './listing.js';
export { createCustomerLoaders } from './loaders.js';
export {
  customerFilter,
  derivedFrom,
  details,
  differenceOf,
  isEmptyFilter,
  maxTags,
  recordedOf,
  tags,
  type CustomerDetails,
  type CustomerFilter,
} from './rules.js';
export { assertDepartment, createCustomers, type Customers } from './service.js';
export { recordActivities } from './timeline.js';

export type CustomerPage = Connection<Customer> & Pick<CustomerRows, 'count'>;

export const customersSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };
