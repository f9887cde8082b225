import { createRowLoader, type Loader, type Viewer } from '@diaspora/kit';
import type { Subscription } from '../__generated__/prisma/client.js';
import { Prisma, type Db } from '../database.js';

export interface SubscriptionLoaders {
  /** The viewer's own subscriptions by key; null for everybody else's. */
  readonly subscription: Loader<string, Subscription | null>;
  /** The viewer's live subscription, or the last one, by person; null for everybody else. */
  readonly subscriptionOf: Loader<string, Subscription | null>;
}

export const createSubscriptionLoaders = (db: Db, viewer: Viewer | null): SubscriptionLoaders => ({
  subscription: createRowLoader(
    async (ids) =>
      viewer ? db.subscription.findMany({ where: { id: { in: [...ids] }, userId: viewer.id } }) : [],
    (subscription) => subscription.id,
  ),
  subscriptionOf: createRowLoader(
    async (userIds) => (viewer && userIds.includes(viewer.id) ? latestOf(db, viewer.id) : []),
    (subscription) => subscription.userId,
  ),
});

async function latestOf(db: Db, userId: string): Promise<Subscription[]> {
  const live = Prisma.sql`ended_at IS NULL`;
  const [latest] = await db.$queryRaw<{ id: string }[]>`
    SELECT id FROM subscriptions WHERE user_id = ${userId}::uuid ORDER BY (${live}) DESC, id DESC LIMIT 1`;
  return latest ? db.subscription.findMany({ where: { id: latest.id } }) : [];
}
