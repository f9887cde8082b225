import { createRowLoader, type Loader } from '@diaspora/kit';
import type { Plan } from '../__generated__/prisma/client.js';
import type { Db } from '../database.js';

export interface PlanLoaders {
  /** Any version of a plan, on offer or not, by key. */
  readonly plan: Loader<string, Plan | null>;
}

export const createPlanLoaders = (db: Db): PlanLoaders => ({
  plan: createRowLoader(
    (ids) => db.plan.findMany({ where: { id: { in: [...ids] } } }),
    (plan) => plan.id,
  ),
});
