import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createCounting } from './counting.js';
export type { Report } from './rules.js';
export { createUserMetrics } from './service.js';

export const userMetricsSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };
