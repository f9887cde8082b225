import { mutation, parsePage, toConnection, type IdType, type SortKey } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import {
  commentIds,
  eventIds,
  notificationIds,
  officeIds,
  postIds,
  subscriptionIds,
  userIds,
} from '../ids.js';
import type { NotificationModel } from '../models.js';

const newestFirst: SortKey[] = [
  { field: 'createdAt', direction: 'desc', type: 'date' },
  { field: 'id', direction: 'desc', type: 'uuid' },
];

/** The entity a notification points at. */
const subjects: Record<NotificationModel['subjectType'], { __typename: string; ids: IdType }> = {
  POST: { __typename: 'Post', ids: postIds },
  COMMENT: { __typename: 'Comment', ids: commentIds },
  EVENT: { __typename: 'Event', ids: eventIds },
  OFFICE: { __typename: 'Office', ids: officeIds },
  USER: { __typename: 'User', ids: userIds },
  SUBSCRIPTION: { __typename: 'PlanSubscription', ids: subscriptionIds },
};

function subjectOf({ subjectType, subjectId }: NotificationModel) {
  const { __typename, ids } = subjects[subjectType];
  return { __typename, id: ids.encode(subjectId) };
}

export const resolvers: Resolvers = {
  Query: {
    notifications: async (_parent, { filter, ...args }, { viewer, services }) => {
      const page = parsePage(args, newestFirst);
      return toConnection(await services.notifications.listOf(viewer!.id, filter ?? {}, page), page);
    },
    unreadNotificationCount: (_parent, _args, { viewer, services }) =>
      services.notifications.countUnread(viewer!.id),
  },
  Mutation: {
    markNotificationsRead: mutation(async ({ ids, all }, { viewer, services }) => ({
      notifications: await services.notifications.markRead(viewer!.id, {
        ids: ids?.map((id) => notificationIds.decode(id)),
        all,
      }),
      unreadCount: await services.notifications.countUnread(viewer!.id),
    })),
  },
  Notification: {
    __resolveReference: ({ id }, { loaders }) => {
      const key = notificationIds.find(id);
      return key === null ? null : loaders.notification.load(key);
    },
    id: (notification) => notificationIds.encode(notification.id),
    actor: ({ actorId }) => (actorId ? { id: userIds.encode(actorId) } : null),
    subject: subjectOf,
  },
};
