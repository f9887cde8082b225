import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { performanceHandlers } from './handlers.js';
export { createConsulReviewLoaders } from './loaders.js';
export { createConsulReviews } from './reviews.js';
export { createMandateWarnings } from './warnings.js';
export { createConsulPerformances, type ConsulPerformance } from './service.js';

export const consulPerformanceSlice: Slice = {
  typeDefs: readTypeDefs(import.meta.url),
  resolvers,
  permissions,
};
