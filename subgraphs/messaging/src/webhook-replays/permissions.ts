import { carriers, hasRole, type PermissionMap } from '@diaspora/kit';

const superUser = hasRole('SUPER_USER');

export const permissions: PermissionMap = {
  Query: { webhookReplay: superUser },
  Mutation: { startWebhookReplay: superUser, cancelWebhookReplay: superUser },
  WebhookReplay: { '*': superUser },
  ...carriers('StartWebhookReplayPayload', 'CancelWebhookReplayPayload'),
};
