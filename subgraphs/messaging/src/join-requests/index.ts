import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createJoinRequestLoaders, type JoinRequestLoaders } from './loaders.js';
export { createJoinRequests, type JoinRequests } from './service.js';

export const joinRequestsSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };
