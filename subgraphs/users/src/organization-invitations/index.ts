import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createInvitationAnswers, type InvitationAnswers } from './answers.js';
export { createInvitationLoaders, type InvitationLoaders } from './loaders.js';
export { createInvitations, type Invitations } from './service.js';

export const organizationInvitationsSlice: Slice = {
  typeDefs: readTypeDefs(import.meta.url),
  resolvers,
  permissions,
};
