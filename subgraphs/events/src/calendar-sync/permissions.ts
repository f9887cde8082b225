import { authenticated, carriers, inPerson, type PermissionMap } from '@diaspora/kit';

/** Calendars are their person's; the service looks for them among the viewer's own. */
export const permissions: PermissionMap = {
  Query: { calendarConnections: inPerson },
  Mutation: {
    beginGoogleCalendar: authenticated,
    completeGoogleCalendar: authenticated,
    connectCalDavCalendar: authenticated,
    setCalendarDirection: authenticated,
    disconnectCalendar: authenticated,
    showInCalendars: authenticated,
  },
  ...carriers('CalendarConnection', 'BeginGoogleCalendarPayload', 'CompleteGoogleCalendarPayload'),
  ...carriers('ConnectCalDavCalendarPayload', 'SetCalendarDirectionPayload', 'DisconnectCalendarPayload'),
  ...carriers('ShowInCalendarsPayload'),
};
