import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createCustomerTaskLoaders } from './loaders.js';
export { createReleasing } from './releasing.js';
export { createCustomerTasks } from './service.js';

export const customerTasksSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };
