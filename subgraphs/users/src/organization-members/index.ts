import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createMemberLoaders } from './loaders.js';
export { assertNotLastOwner } from './owners.js';
export { createOrganizationMembers, type MembersDependencies, type OrganizationMembers } from './service.js';

export const organizationMembersSlice: Slice = {
  typeDefs: readTypeDefs(import.meta.url),
  resolvers,
  permissions,
};
