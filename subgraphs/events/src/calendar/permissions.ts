import { anyone, authenticated, carriers, inPerson, type PermissionMap } from '@diaspora/kit';

/** Who sees an event sees its entry; who goes there, its link. A feed is its person's. */
export const permissions: PermissionMap = {
  Query: { calendarFeed: inPerson },
  Mutation: { renewCalendarFeed: authenticated, revokeCalendarFeed: authenticated },
  Event: { calendarEntry: anyone },
  ...carriers('CalendarEntry', 'CalendarFeed', 'RenewCalendarFeedPayload', 'RevokeCalendarFeedPayload'),
};
