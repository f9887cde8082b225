import { rootValues } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';

export const resolvers: Resolvers = {
  Subscription: {
    notificationReceived: {
      subscribe: async (_parent, { after }, { viewer, services }) =>
        rootValues('notificationReceived', await services.notificationEvents.subscribe(viewer!.id, after)),
    },
  },
  NotificationsChanged: {
    notifications: async ({ notificationIds }, _args, { loaders }) => {
      const notifications = await Promise.all(notificationIds.map((id) => loaders.notification.load(id)));
      return notifications.filter((notification) => notification !== null);
    },
  },
};
