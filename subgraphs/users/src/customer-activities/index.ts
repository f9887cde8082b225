import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createCustomerActivityLoaders, type CustomerActivityLoaders } from './loaders.js';
export { createCustomerActivities, type CustomerActivities } from './service.js';

export const customerActivitiesSlice: Slice = {
  typeDefs: readTypeDefs(import.meta.url),
  resolvers,
  permissions,
};
