import { createGroupLoader, createRowLoader, type Loader, type Viewer } from '@diaspora/kit';
import type { Webhook, WebhookSecret } from '../__generated__/prisma/client.js';
import type { Db } from '../database.js';

export interface WebhookLoaders {
  /** For super users; null for everybody else, and once it is removed. */
  readonly webhook: Loader<string, Webhook | null>;
  /** What is known of the secrets of a webhook, newest first. */
  readonly webhookSecrets: Loader<string, WebhookSecret[]>;
}

export const createWebhookLoaders = (db: Db, viewer: Viewer | null): WebhookLoaders => ({
  webhook: createRowLoader(
    async (ids) =>
      viewer?.roles.includes('SUPER_USER')
        ? db.webhook.findMany({ where: { id: { in: [...ids] }, NOT: { status: 'REMOVED' } } })
        : [],
    ({ id }) => id,
  ),
  webhookSecrets: createGroupLoader(
    (ids) => db.webhookSecret.findMany({ where: { webhookId: { in: [...ids] } }, orderBy: { id: 'desc' } }),
    ({ webhookId }) => webhookId,
  ),
});
