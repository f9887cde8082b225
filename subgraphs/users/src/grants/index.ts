import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createGrantLoaders } from './loaders.js';
export { createRoles } from './roles.js';
export { assertMayChange } from './rules.js';
export { createGrants, subjectOf, type Grants } from './service.js';

export const grantsSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };
