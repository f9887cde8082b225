import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export type { RecommendedEvent } from './rules.js';
export { createRecommendations, type Recommendations } from './service.js';

export const recommendationsSlice: Slice = {
  typeDefs: readTypeDefs(import.meta.url),
  resolvers,
  permissions,
};
