import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { recordedFilter } from './filters.js';
export { createAuditing, type Auditing } from './auditing.js';
export type { AuditTrail, ChainStatus, KeptDetails } from './service.js';
export { parseExpected, verifyTrail } from './verify.js';

export const auditSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };
