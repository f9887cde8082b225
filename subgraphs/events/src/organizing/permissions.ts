import { authenticated, carriers, type PermissionMap } from '@diaspora/kit';

/** Who may create what where, and whose event it is, is decided by rules.ts and the service, under the row's lock. */
export const permissions: PermissionMap = {
  Mutation: {
    createEvent: authenticated,
    updateEvent: authenticated,
    publishEvent: authenticated,
    cancelEvent: authenticated,
    deleteEvent: authenticated,
  },
  ...carriers('DeleteEventPayload', 'EventHasHoldersError'),
  ...carriers('CreateEventPayload', 'UpdateEventPayload', 'PublishEventPayload', 'CancelEventPayload'),
};
