import { authenticated, carriers, inPerson, type PermissionMap } from '@diaspora/kit';

/** A `Notification` exists for its recipient only: every way to one asks by the viewer's own key. */
export const permissions: PermissionMap = {
  Query: {
    notifications: inPerson,
    unreadNotificationCount: inPerson,
    unseenNotificationCount: inPerson,
  },
  Mutation: {
    markNotificationsSeen: authenticated,
    markNotificationsRead: authenticated,
    archiveNotifications: authenticated,
    restoreNotifications: authenticated,
  },
  Notification: { '*': inPerson },
  ...carriers('NotificationConnection', 'NotificationEdge', 'MarkNotificationsReadPayload'),
  ...carriers('MarkNotificationsSeenPayload', 'ArchiveNotificationsPayload', 'RestoreNotificationsPayload'),
  ...carriers('Post', 'Comment', 'EventSeries', 'Office', 'PlanSubscription', 'Order', 'Invoice'),
};
