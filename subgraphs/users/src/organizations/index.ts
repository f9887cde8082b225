import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createOrganizationLoaders } from './loaders.js';
export { createOrganizations, visibleTo } from './service.js';
export { createStructure } from './structure.js';

export const organizationsSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };
