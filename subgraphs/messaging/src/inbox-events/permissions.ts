import { carriers, inPerson, type PermissionMap } from '@diaspora/kit';

/** Everybody follows the own list only, and is told of the own side of its conversations. */
export const permissions: PermissionMap = {
  Subscription: { inboxEvents: inPerson },
  ...carriers('InboxEventsPayload', 'InboxChanged'),
};
