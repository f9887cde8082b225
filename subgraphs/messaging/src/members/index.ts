import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createMemberLoaders, type Member, type MemberLoaders } from './loaders.js';
export { admit, dismiss, endLinksOf, lockAsMember, lockConversation, type Side } from './membership.js';

export const membersSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };
