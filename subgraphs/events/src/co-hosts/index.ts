import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createCoHostLoaders, type CoHostLoaders } from './loaders.js';
export { createHosting, type Hosting } from './hosting.js';
export { createCoHosts, type CoHosts } from './service.js';

export const coHostsSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };
