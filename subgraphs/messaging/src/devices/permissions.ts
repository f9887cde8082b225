import { anyone, authenticated, carriers, inPerson, type PermissionMap } from '@diaspora/kit';

export const permissions: PermissionMap = {
  Query: { notificationDevices: inPerson, webPushPublicKey: anyone },
  Mutation: { registerNotificationDevice: authenticated, removeNotificationDevice: authenticated },
  NotificationDevice: { '*': inPerson },
  ...carriers('RegisterNotificationDevicePayload', 'RemoveNotificationDevicePayload'),
};
