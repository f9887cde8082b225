import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createCustomerTaskLoaders, type CustomerTaskLoaders } from './loaders.js';
export { createCustomerTasks, type CustomerTasks } from './service.js';

export const customerTasksSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };
