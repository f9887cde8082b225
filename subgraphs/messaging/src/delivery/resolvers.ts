import { mutation, parsePage, toConnection, type SortKey } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import { deliveryIds } from '../ids.js';

const newestFirst: SortKey[] = [
  { field: 'createdAt', direction: 'desc', type: 'date' },
  { field: 'id', direction: 'desc', type: 'uuid' },
];

export const resolvers: Resolvers = {
  Query: {
    notificationDeliveries: async (_parent, { filter, ...args }, { services }) => {
      const page = parsePage(args, newestFirst);
      return toConnection(await services.deliveryLog.list(filter ?? {}, page), page);
    },
  },
  Mutation: {
    replayNotificationDelivery: mutation(async ({ deliveryId }, { services }) => ({
      delivery: await services.deliveryLog.replay(deliveryIds.decode(deliveryId)),
    })),
  },
  Notification: { deliveries: ({ id }, _args, { loaders }) => loaders.deliveries.load(id) },
  NotificationDelivery: {
    id: ({ id }) => deliveryIds.encode(id),
    type: ({ notification }) => notification?.type ?? null,
  },
};
