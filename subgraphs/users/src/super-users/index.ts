import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createOperatorNames } from './naming.js';
export {
  activeSuperUsers,
  assertNotLastSuperUser,
  assertSuperUser,
  lockSuperUsers,
  standsAsSuperUser,
} from './scope.js';
export { createSuperUsers } from './service.js';

export const superUsersSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };
