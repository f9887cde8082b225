import { mutation, parsePage, toConnection, type SortKey } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import { objectOf, resolveSubject } from '../subjects.js';
import { writeMinuteOfDay } from './rules.js';

const newestFirst: SortKey[] = [
  { field: 'createdAt', direction: 'desc', type: 'date' },
  { field: 'objectId', direction: 'desc', type: 'uuid' },
];

export const resolvers: Resolvers = {
  Query: { notificationPreferences: (_parent, _args, { viewer }) => ({ personId: viewer!.id }) },
  Mutation: {
    setNotificationRule: mutation(async ({ type, channel, cadence }, { viewer, services }) => {
      const choice = { type: type ?? null, channel, cadence: cadence ?? null };
      await services.notificationPreferences.choose(viewer!.id, choice);
      return { preferences: { personId: viewer!.id } };
    }),
    setNotificationTimes: mutation(async (input, { viewer, services }) => {
      await services.notificationPreferences.setTimes(viewer!.id, input);
      return { preferences: { personId: viewer!.id } };
    }),
    silenceNotifications: mutation(async ({ subjectId, kind, until }, { viewer, services }) => ({
      silence: await services.notificationPreferences.silence(viewer!.id, objectOf(subjectId), {
        kind,
        endsAt: until ?? null,
      }),
    })),
    endNotificationSilence: mutation(async ({ subjectId }, { viewer, services }) => {
      await services.notificationPreferences.endSilence(viewer!.id, objectOf(subjectId).objectId);
      return { preferences: { personId: viewer!.id } };
    }),
  },
  NotificationPreferences: {
    rules: ({ personId }, _args, { services }) => services.notificationPreferences.rulesOf(personId),
    channels: ({ personId }, _args, { services }) =>
      services.notificationPreferences.channelRulesOf(personId),
    times: ({ personId }, _args, { services }) => services.notificationPreferences.ownTimesOf(personId),
    silences: async ({ personId }, args, { services }) => {
      const page = parsePage(args, newestFirst);
      return toConnection(await services.notificationPreferences.silencesOf(personId, page), page);
    },
  },
  NotificationTimes: {
    quietHours: ({ quietFrom, quietUntil }) =>
      quietFrom === null || quietUntil === null
        ? null
        : { from: writeMinuteOfDay(quietFrom), until: writeMinuteOfDay(quietUntil) },
  },
  NotificationSilence: {
    subject: ({ objectType, objectId }, _args, { loaders }) =>
      resolveSubject({ subjectType: objectType, subjectId: objectId }, loaders),
    until: ({ endsAt }) => endsAt,
  },
};
