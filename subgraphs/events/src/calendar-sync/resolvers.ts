import { mutation } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import { calendarConnectionIds, eventIds } from '../ids.js';

export const resolvers: Resolvers = {
  Query: {
    calendarConnections: (_parent, _args, { viewer, services }) => services.calendarSync.listOf(viewer!),
  },
  Mutation: {
    beginGoogleCalendar: mutation(async ({ redirectUri }, { viewer, services }) => ({
      authorizationUrl: await services.calendarSync.beginGoogle(viewer!, redirectUri),
    })),
    completeGoogleCalendar: mutation(async ({ callbackUrl }, { viewer, services }) => ({
      connection: await services.calendarSync.completeGoogle(viewer!, callbackUrl),
    })),
    connectCalDavCalendar: mutation(async (input, { viewer, services }) => ({
      connection: await services.calendarSync.connectCalDav(viewer!, input),
    })),
    setCalendarDirection: mutation(async ({ connectionId, direction }, { viewer, services }) => {
      const id = calendarConnectionIds.decode(connectionId);
      return { connection: await services.calendarSync.setDirection(viewer!, id, direction) };
    }),
    disconnectCalendar: mutation(async ({ connectionId }, { viewer, services, log }) => {
      await services.calendarSync.disconnect(viewer!, calendarConnectionIds.decode(connectionId), log);
      return {};
    }),
    showInCalendars: mutation(async ({ eventId }, { viewer, services }) => ({
      connections: await services.calendarSync.show(viewer!, eventIds.decode(eventId)),
    })),
  },
  CalendarConnection: { id: ({ id }) => calendarConnectionIds.encode(id) },
};
