import { authenticated, carriers, inPerson, type PermissionMap } from '@diaspora/kit';

/** A message that waits is its sender's: every way to one asks by the viewer's own key. */
export const permissions: PermissionMap = {
  Query: { scheduledMessages: inPerson },
  Mutation: {
    scheduleMessage: authenticated,
    updateScheduledMessage: authenticated,
    cancelScheduledMessage: authenticated,
  },
  ScheduledMessage: { '*': inPerson },
  ...carriers('ScheduledMessageFailure', 'ScheduledMessageFailed', 'ScheduledMessageConnection'),
  ...carriers('ScheduledMessageEdge', 'ScheduleMessagePayload', 'UpdateScheduledMessagePayload'),
  ...carriers('CancelScheduledMessagePayload', 'Media'),
};
