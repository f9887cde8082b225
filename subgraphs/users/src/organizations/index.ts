import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createOrganizationLoaders, type OrganizationLoaders } from './loaders.js';
export { createOrganizations, visibleTo, type Organizations } from './service.js';
export { createStructure, type Structure } from './structure.js';

export const organizationsSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };
