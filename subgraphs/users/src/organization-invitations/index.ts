import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createInvitationAnswers } from './answers.js';
export { createInvitationLoaders } from './loaders.js';
export { createInvitations } from './service.js';

export const organizationInvitationsSlice: Slice = {
  typeDefs: readTypeDefs(import.meta.url),
  resolvers,
  permissions,
};
