import { carriers, inPerson, type PermissionMap } from '@diaspora/kit';

/** Everybody follows the own inbox only. */
export const permissions: PermissionMap = {
  Subscription: { notificationReceived: inPerson },
  ...carriers('NotificationEventsPayload', 'NotificationsChanged'),
};
