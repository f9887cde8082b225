import { carriers, hasRole, type PermissionMap } from '@diaspora/kit';

/** What a person's notification did is part of that notification; the whole log is for who keeps the platform running. */
export const permissions: PermissionMap = {
  Query: { notificationDeliveries: hasRole('SUPER_USER') },
  Mutation: { replayNotificationDelivery: hasRole('SUPER_USER') },
  ...carriers('NotificationDelivery', 'NotificationDeliveryAttempt', 'ReplayNotificationDeliveryPayload'),
  ...carriers('NotificationDeliveryConnection', 'NotificationDeliveryEdge'),
};
