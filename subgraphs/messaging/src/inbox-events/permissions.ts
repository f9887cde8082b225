import { carriers, inPerson, type PermissionMap } from '@diaspora/kit';

/** Everybody follows the own list only; its conversations come through the viewer's loader. */
export const permissions: PermissionMap = {
  Subscription: { inboxEvents: inPerson },
  ...carriers('InboxEventsPayload', 'InboxChanged'),
};
