import { createRowLoader, type Loader, type Viewer } from '@diaspora/kit';
import type { BillingDetails } from '../__generated__/prisma/client.js';
import type { Db } from '../database.js';
import { nothingGiven } from './service.js';

export interface BillingLoaders {
  /** The viewer's own billing details by person; null for everybody else. */
  readonly billingDetailsOf: Loader<string, BillingDetails | null>;
}

export const createBillingLoaders = (db: Db, viewer: Viewer | null): BillingLoaders => ({
  billingDetailsOf: createRowLoader(
    async (userIds) => {
      if (viewer?.kind !== 'person' || !userIds.includes(viewer.id)) return [];
      const known = await db.billingDetails.findUnique({ where: { userId: viewer.id } });
      return [known ?? nothingGiven(viewer.id)];
    },
    ({ userId }) => userId,
  ),
});
