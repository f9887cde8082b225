import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createPlanChanges, type ChangePreview, type PlanChanges } from './changes.js';
export { createLifecycle, type Lifecycle } from './lifecycle.js';
export { createSubscriptionLoaders, type SubscriptionLoaders } from './loaders.js';
export { createPausing, type Pausing } from './pausing.js';
export { createSubscriptionPurpose } from './purpose.js';
export { createRenewals, type Renewals } from './renewals.js';
export { createSubscriptions, type Subscriptions } from './service.js';

export const subscriptionsSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };
