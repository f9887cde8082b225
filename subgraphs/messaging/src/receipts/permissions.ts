import { authenticated, carriers, inPerson, type PermissionMap } from '@diaspora/kit';

/** Receipts are reached through a conversation, which exists for its participants only. */
export const permissions: PermissionMap = {
  Query: { unreadMessageCount: inPerson, messagingSettings: inPerson },
  Mutation: {
    markConversationDelivered: authenticated,
    markConversationRead: authenticated,
    updateMessagingSettings: authenticated,
  },
  Conversation: { deliveredUpToSequence: inPerson, receipts: inPerson },
  ...carriers('Receipt', 'ReceiptConnection', 'ReceiptEdge', 'ReceiptMoved', 'MessagingSettings'),
  ...carriers(
    'MarkConversationDeliveredPayload',
    'MarkConversationReadPayload',
    'UpdateMessagingSettingsPayload',
  ),
};
