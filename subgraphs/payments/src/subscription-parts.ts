import { onJob, type Audit, type Clock, type Logger, type Viewer } from '@diaspora/kit';
import type { Charges } from './charges/index.js';
import type { Db } from './database.js';
import { advanceSubscriptions } from './jobs.js';
import type { PaymentMethods } from './payment-methods/index.js';
import {
  createPlanAdministration,
  createPlanLoaders,
  createPlans,
  plansSlice,
  type PlanAdministration,
  type PlanLoaders,
  type Plans,
} from './plans/index.js';
import {
  createPausing,
  createPlanChanges,
  createRenewals,
  createSubscriptionLoaders,
  createSubscriptions,
  subscriptionsSlice,
  type Lifecycle,
  type Pausing,
  type PlanChanges,
  type SubscriptionLoaders,
  type Subscriptions,
} from './subscriptions/index.js';

export interface SubscriptionServices {
  readonly plans: Plans;
  readonly planAdministration: PlanAdministration;
  readonly subscriptions: Subscriptions;
  readonly planChanges: PlanChanges;
  readonly pausing: Pausing;
}

export type SubscriptionPartLoaders = PlanLoaders & SubscriptionLoaders;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
  readonly audit: Audit;
  readonly paymentMethods: PaymentMethods;
  readonly charges: Charges;
  readonly lifecycle: Lifecycle;
}

/** Plans and who is on them, put together. */
export function composeSubscriptions(dependencies: Dependencies) {
  const { db } = dependencies;
  const plans = createPlans({ db });
  const renewals = createRenewals(dependencies);
  const services: SubscriptionServices = {
    plans,
    planAdministration: createPlanAdministration(dependencies),
    subscriptions: createSubscriptions({ ...dependencies, plans, renewals }),
    planChanges: createPlanChanges({ ...dependencies, plans }),
    pausing: createPausing(dependencies),
  };
  return {
    services,
    slices: [plansSlice, subscriptionsSlice],
    createLoaders: (viewer: Viewer | null): SubscriptionPartLoaders => ({
      ...createPlanLoaders(db),
      ...createSubscriptionLoaders(db, viewer),
    }),
    jobs: onJob(advanceSubscriptions, renewals.advanceDue),
  };
}
