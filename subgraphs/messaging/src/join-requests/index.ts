import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createJoinRequests, type JoinRequests } from './service.js';

export const joinRequestsSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };
