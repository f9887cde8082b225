import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createApproval, type Approval } from './service.js';

export const approvalSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };
