import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { changeBy, changeOf } from './change-of.js';
export { createConnectionLoaders } from './loaders.js';
export { notBlocked } from './not-blocked.js';
export { createPeople, type Member } from './people.js';
export { readPair } from './read-pair.js';
export * from './rules.js';
export { createConnections, type Connections } from './service.js';
export { tieState } from './state.js';

export const connectionsSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };
