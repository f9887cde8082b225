import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createSecondFactor, type AccountSecondFactor } from './second-factor.js';
export { createFactors } from './service.js';

export const factorsSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };
