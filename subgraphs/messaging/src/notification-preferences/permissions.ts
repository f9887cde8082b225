import { authenticated, carriers, inPerson, type PermissionMap } from '@diaspora/kit';

/** A person's own choices, which nobody else sees or makes. */
export const permissions: PermissionMap = {
  Query: { notificationPreferences: inPerson },
  Mutation: {
    setNotificationRule: authenticated,
    setNotificationTimes: authenticated,
    silenceNotifications: authenticated,
    endNotificationSilence: authenticated,
  },
  NotificationPreferences: { '*': inPerson },
  ...carriers('NotificationRule', 'NotificationChannelRule', 'NotificationTimes', 'QuietHours'),
  ...carriers('NotificationSilence', 'NotificationSilenceConnection', 'NotificationSilenceEdge'),
  ...carriers('SetNotificationRulePayload', 'SetNotificationTimesPayload'),
  ...carriers('SilenceNotificationsPayload', 'EndNotificationSilencePayload'),
};
