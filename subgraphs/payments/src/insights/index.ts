import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { countingHandlers, countMovements } from './counting.js';
export type { Report } from './rules.js';
export { createRevenueMetrics, type CurrencyRevenue, type RevenueMetrics } from './service.js';

export const insightsSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };
