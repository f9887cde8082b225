import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createFriendRequests, type RequestSide } from './requests.js';

export const friendshipsSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };
