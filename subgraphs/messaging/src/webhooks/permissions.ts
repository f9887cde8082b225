import { carriers, hasRole, type PermissionMap } from '@diaspora/kit';

const superUser = hasRole('SUPER_USER');

/** Who is told what happens on the platform is decided by super users only, as who gets a key is. */
export const permissions: PermissionMap = {
  Query: { webhooks: superUser, webhook: superUser },
  Mutation: Object.fromEntries(
    [
      ...['createWebhook', 'updateWebhook', 'rotateWebhookSecret'],
      ...['disableWebhook', 'enableWebhook', 'removeWebhook'],
    ].map((field) => [field, superUser]),
  ),
  Webhook: { '*': superUser },
  WebhookSecret: { '*': superUser },
  ...carriers('WebhookCondition', 'WebhookConnection', 'WebhookEdge', 'CreateWebhookPayload'),
  ...carriers('UpdateWebhookPayload', 'RotateWebhookSecretPayload', 'DisableWebhookPayload'),
  ...carriers('EnableWebhookPayload', 'RemoveWebhookPayload'),
};
