import { carriers, hasRole, type PermissionMap } from '@diaspora/kit';

const superUser = hasRole('SUPER_USER');

export const permissions: PermissionMap = {
  Query: { webhookDeliveries: superUser },
  Mutation: { sendTestWebhookEvent: superUser, replayWebhookDelivery: superUser },
  WebhookDelivery: { '*': superUser },
  WebhookEvent: { '*': superUser },
  WebhookAttempt: { '*': superUser },
  ...carriers('WebhookDeliveryConnection', 'WebhookDeliveryEdge'),
  ...carriers('SendTestWebhookEventPayload', 'ReplayWebhookDeliveryPayload'),
};
