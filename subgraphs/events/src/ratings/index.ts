import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createRatingLoaders, noRatings, type RatingLoaders, type RatingSummary } from './loaders.js';
export { createRatings, type Ratings } from './service.js';

export const ratingsSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };
