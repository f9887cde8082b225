import { authenticated, carriers, inPerson, type PermissionMap } from '@diaspora/kit';

/** Who may see where somebody is, is asked by the statement that reads it. */
export const permissions: PermissionMap = {
  Mutation: {
    shareLiveLocation: authenticated,
    updateLiveLocation: authenticated,
    stopLiveLocation: authenticated,
  },
  Subscription: { liveLocations: inPerson },
  Conversation: { liveLocations: inPerson },
  LiveLocation: { '*': inPerson },
  ...carriers('LiveLocationsPayload', 'LiveLocationShared', 'LiveLocationEnded'),
  ...carriers('ShareLiveLocationPayload', 'UpdateLiveLocationPayload', 'StopLiveLocationPayload'),
};
