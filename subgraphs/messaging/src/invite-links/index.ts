import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createInviteLinkLoaders, type InviteLinkLoaders } from './loaders.js';
export { createInviteLinks, type InviteLinks } from './service.js';

export const inviteLinksSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };
