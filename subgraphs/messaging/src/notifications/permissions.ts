import { authenticated, carriers, type PermissionMap } from '@diaspora/kit';

/** A `Notification` exists for its recipient only: every way to one asks by the viewer's own key. */
export const permissions: PermissionMap = {
  Query: { notifications: authenticated, unreadNotificationCount: authenticated },
  Mutation: { markNotificationsRead: authenticated },
  Notification: { '*': authenticated },
  ...carriers('NotificationConnection', 'NotificationEdge', 'MarkNotificationsReadPayload'),
  ...carriers('Post', 'Comment', 'Event', 'Office', 'PlanSubscription'),
};
