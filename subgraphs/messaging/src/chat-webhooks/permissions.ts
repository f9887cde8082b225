import { authenticated, carriers, inPerson, type PermissionMap } from '@diaspora/kit';

export const permissions: PermissionMap = {
  Query: { chatWebhooks: inPerson },
  Mutation: {
    connectChatWebhook: authenticated,
    confirmChatWebhook: authenticated,
    removeChatWebhook: authenticated,
  },
  ChatWebhook: { '*': inPerson },
  ...carriers('ConnectChatWebhookPayload', 'ConfirmChatWebhookPayload', 'RemoveChatWebhookPayload'),
};
