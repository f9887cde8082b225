import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createCatalogLoaders, type CatalogLoaders } from './loaders.js';
export { cityKeyOf, longestEventMs, maySteer, searchTextOf, statusOf } from './rules.js';
export { createCatalog, type Catalog } from './service.js';
export { visibleTo } from './visibility.js';

export const catalogSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };
