import { mutation } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import { deviceIds } from '../ids.js';

export const resolvers: Resolvers = {
  Query: {
    notificationDevices: (_parent, _args, { viewer, services }) => services.devices.listOf(viewer!.id),
    webPushPublicKey: (_parent, _args, { services }) => services.webPushPublicKey,
  },
  Mutation: {
    registerNotificationDevice: mutation(async ({ webPush, ...input }, { viewer, services }) => ({
      device: await services.devices.register(viewer!, {
        ...input,
        webPush: webPush && { ...webPush, endpoint: String(webPush.endpoint) },
      }),
    })),
    removeNotificationDevice: mutation(async ({ deviceId }, { viewer, services }) => {
      await services.devices.remove(viewer!.id, deviceIds.decode(deviceId));
      return { devices: await services.devices.listOf(viewer!.id) };
    }),
  },
  NotificationDevice: { id: ({ id }) => deviceIds.encode(id) },
};
