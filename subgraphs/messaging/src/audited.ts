import type { AuditDecisions } from '@diaspora/kit';
import type { Mutation } from './__generated__/schema.js';

/** Which mutations leave a line in the audit trail, under which action, and why the others do not. */
export const audited: AuditDecisions<Mutation> = {
  openDirectConversation: { notAudited: 'private correspondence is nobody else’s to read about' },
  addMessageReaction: { notAudited: 'private correspondence is nobody else’s to read about' },
  removeMessageReaction: { notAudited: 'private correspondence is nobody else’s to read about' },
  editMessage: { notAudited: 'own words; what they were before is kept with the message' },
  deleteMessage: 'message.removed',
  saveDraft: { notAudited: 'what nobody else sees' },
  scheduleMessage: { notAudited: 'private correspondence is nobody else’s to read about' },
  updateScheduledMessage: { notAudited: 'what nobody else sees yet' },
  cancelScheduledMessage: { notAudited: 'what nobody else has seen' },
  forwardMessage: { notAudited: 'private correspondence is nobody else’s to read about' },
  sendMessage: { notAudited: 'private correspondence is nobody else’s to read about' },
  markConversationDelivered: { notAudited: 'private correspondence is nobody else’s to read about' },
  markConversationRead: { notAudited: 'private correspondence is nobody else’s to read about' },
  updateMessagingSettings: { notAudited: 'one’s own choice, which is kept' },
  setNotificationRule: { notAudited: 'how one wants to hear of things is one’s own' },
  setNotificationTimes: { notAudited: 'when one wants to hear of things is one’s own' },
  silenceNotifications: { notAudited: 'what one does not want to hear of is one’s own' },
  endNotificationSilence: { notAudited: 'what one wants to hear of is one’s own' },
  registerNotificationDevice: { notAudited: 'a device of one’s own, kept with its times' },
  removeNotificationDevice: { notAudited: 'a device of one’s own' },
  connectChatWebhook: { notAudited: 'a chat of one’s own, kept with its time' },
  confirmChatWebhook: { notAudited: 'a chat of one’s own' },
  removeChatWebhook: { notAudited: 'a chat of one’s own' },
  replayNotificationDelivery: 'delivery.replayed',
  markNotificationsSeen: { notAudited: 'what one has seen is one’s own' },
  archiveNotifications: { notAudited: 'what one puts away is one’s own' },
  restoreNotifications: { notAudited: 'what one puts back is one’s own' },
  markNotificationsRead: { notAudited: 'what one has read is one’s own' },
};
