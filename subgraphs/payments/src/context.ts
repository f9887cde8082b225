import type { BaseContext } from '@diaspora/kit';
import type { PlanLoaders, Plans } from './plans/index.js';
import type { SubscriptionLoaders, Subscriptions } from './subscriptions/index.js';

export interface Services {
  readonly plans: Plans;
  readonly subscriptions: Subscriptions;
}

export interface Context extends BaseContext {
  readonly services: Services;
  readonly loaders: PlanLoaders & SubscriptionLoaders;
}
