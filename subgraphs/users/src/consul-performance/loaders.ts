import { createGroupLoader, type FirstPage, type Loader } from '@diaspora/kit';
import type { ConsulReview } from '../__generated__/prisma/client.js';
import { firstIds, type Db } from '../database.js';

export interface ConsulReviewLoaders {
  /** The latest reviews of an office. For whoever may see how it is held. */
  readonly latestReviews: Loader<string, ConsulReview[]>;
}

const newestFirst: FirstPage = { orderBy: [{ createdAt: 'desc' }, { id: 'desc' }], take: 20 };

export const createConsulReviewLoaders = (db: Db): ConsulReviewLoaders => ({
  latestReviews: createGroupLoader(
    async (officeIds) => {
      const ids = await firstIds(
        db,
        { table: 'consul_reviews', parent: 'office_id' },
        officeIds,
        newestFirst,
      );
      return db.consulReview.findMany({ where: { id: { in: ids } }, orderBy: newestFirst.orderBy });
    },
    (review) => review.officeId,
  ),
});
