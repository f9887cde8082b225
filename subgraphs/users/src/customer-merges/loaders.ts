import { createGroupLoader, type Clock, type Loader } from '@diaspora/kit';
import type { CustomerMerge } from '../__generated__/prisma/client.js';
import type { Db } from '../database.js';
import { undoableForMs } from './rules.js';

export interface CustomerMergeLoaders {
  /** What was merged into customers and can be undone, the latest first, fifty at most. For whoever may see the customer. */
  readonly mergesInto: Loader<string, CustomerMerge[]>;
}

const shownMerges = 50;

export const createCustomerMergeLoaders = (db: Db, clock: Clock): CustomerMergeLoaders => ({
  mergesInto: createGroupLoader(
    async (survivorIds) => {
      const since = new Date(clock.now().getTime() - undoableForMs);
      const found = await db.$queryRaw<{ id: string }[]>`
        SELECT latest.id FROM unnest(${[...survivorIds]}::uuid[]) AS survivor (id)
        CROSS JOIN LATERAL (
          SELECT id FROM customer_merges
          WHERE survivor_id = survivor.id AND undone_at IS NULL AND merged_at > ${since}::timestamptz
          ORDER BY merged_at DESC, id DESC LIMIT ${shownMerges}
        ) AS latest`;
      return db.customerMerge.findMany({
        where: { id: { in: found.map(({ id }) => id) } },
        orderBy: [{ mergedAt: 'desc' }, { id: 'desc' }],
      });
    },
    (merge) => merge.survivorId,
  ),
});
