import { anyone, carriers, type PermissionMap } from '@diaspora/kit';

/** Documentation: it tells nobody who is told of what. */
export const permissions: PermissionMap = {
  Query: { webhookEventTypes: anyone },
  ...carriers('WebhookEventType', 'WebhookEventField'),
};
