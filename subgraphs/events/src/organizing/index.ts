import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createOrganizing, type Organizing } from './service.js';

export const organizingSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };
