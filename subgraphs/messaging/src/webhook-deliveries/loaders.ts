import { createGroupLoader, createRowLoader, type Loader, type Viewer } from '@diaspora/kit';
import type { WebhookAttempt, WebhookDelivery, WebhookEvent } from '../__generated__/prisma/client.js';
import type { Db } from '../database.js';

export interface WebhookDeliveryLoaders {
  /** For super users; null for everybody else. */
  readonly webhookDelivery: Loader<string, WebhookDelivery | null>;
  readonly webhookEvent: Loader<string, WebhookEvent | null>;
  /** Of a delivery, the oldest first. */
  readonly webhookAttempts: Loader<string, WebhookAttempt[]>;
}

/** What leads to events and attempts is a delivery, which whoever may not see it does not get. */
export const createWebhookDeliveryLoaders = (db: Db, viewer: Viewer | null): WebhookDeliveryLoaders => ({
  webhookDelivery: createRowLoader(
    async (ids) =>
      viewer?.roles.includes('SUPER_USER')
        ? db.webhookDelivery.findMany({ where: { id: { in: [...ids] } } })
        : [],
    ({ id }) => id,
  ),
  webhookEvent: createRowLoader(
    (ids) => db.webhookEvent.findMany({ where: { id: { in: [...ids] } } }),
    ({ id }) => id,
  ),
  webhookAttempts: createGroupLoader(
    (ids) =>
      db.webhookAttempt.findMany({ where: { deliveryId: { in: [...ids] } }, orderBy: { number: 'asc' } }),
    ({ deliveryId }) => deliveryId,
  ),
});
