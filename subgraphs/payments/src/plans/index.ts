import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createPlanAdministration, type PlanAdministration } from './administration.js';
export { createPlanLoaders, type PlanLoaders } from './loaders.js';
export { createPlans, type Plans } from './service.js';

export const plansSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };
