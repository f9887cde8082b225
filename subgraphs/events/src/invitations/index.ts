import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createInvitationLoaders, type InvitationLoaders } from './loaders.js';
export { acceptInvitation } from './answering.js';
export { isStanding } from './rules.js';
export { createInvitations, type Invitations } from './service.js';

export const invitationsSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };
