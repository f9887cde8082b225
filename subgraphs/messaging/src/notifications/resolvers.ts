import { mutation, parsePage, toConnection, type SortKey } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import { notificationIds, userIds } from '../ids.js';
import type { ReadRequest } from './rules.js';
import { resolveSubject } from '../subjects.js';

const newestFirst: SortKey[] = [
  { field: 'createdAt', direction: 'desc', type: 'date' },
  { field: 'id', direction: 'desc', type: 'uuid' },
];

const keysOf = ({ ids, all }: ReadRequest): ReadRequest => ({
  ids: ids?.map((id) => notificationIds.decode(id)),
  all,
});

export const resolvers: Resolvers = {
  Query: {
    notifications: async (_parent, { filter, ...args }, { viewer, services }) => {
      const page = parsePage(args, newestFirst);
      return toConnection(await services.notifications.listOf(viewer!.id, filter ?? {}, page), page);
    },
    unreadNotificationCount: (_parent, _args, { viewer, services }) =>
      services.notifications.countUnread(viewer!.id),
    unseenNotificationCount: (_parent, _args, { viewer, services }) =>
      services.notifications.countUnseen(viewer!.id),
  },
  Mutation: {
    markNotificationsSeen: mutation(async (input, { viewer, services }) => ({
      notifications: await services.notifications.mark(viewer!.id, keysOf(input), 'seenAt'),
      unseenCount: await services.notifications.countUnseen(viewer!.id),
    })),
    markNotificationsRead: mutation(async (input, { viewer, services }) => ({
      notifications: await services.notifications.mark(viewer!.id, keysOf(input), 'readAt'),
      unreadCount: await services.notifications.countUnread(viewer!.id),
    })),
    archiveNotifications: mutation(async (input, { viewer, services }) => ({
      notifications: await services.notifications.mark(viewer!.id, keysOf(input), 'archivedAt'),
      unreadCount: await services.notifications.countUnread(viewer!.id),
    })),
    restoreNotifications: mutation(async ({ ids }, { viewer, services }) => ({
      notifications: await services.notifications.restore(
        viewer!.id,
        ids.map((id) => notificationIds.decode(id)),
      ),
    })),
  },
  Notification: {
    __resolveReference: ({ id }, { loaders }) => {
      const key = notificationIds.find(id);
      return key === null ? null : loaders.notification.load(key);
    },
    id: (notification) => notificationIds.encode(notification.id),
    actor: ({ actorId }) => (actorId ? { id: userIds.encode(actorId) } : null),
    subject: (notification, _args, { loaders }) => resolveSubject(notification, loaders),
  },
};
