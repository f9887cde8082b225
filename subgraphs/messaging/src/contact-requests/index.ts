import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createContactRequestHandlers } from './handlers.js';
export { createContactRequests, type ContactRequests } from './service.js';

export const contactRequestsSlice: Slice = {
  typeDefs: readTypeDefs(import.meta.url),
  resolvers,
  permissions,
};
