import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createOfficeLoaders, type OfficeLoaders } from './loaders.js';
export { createOffices, type Offices } from './service.js';

export const officesSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };
