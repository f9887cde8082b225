import { anyone, authenticated, carriers, type PermissionMap } from '@diaspora/kit';

/** Which series a viewer sees is decided by loaders.ts, whose it is by the service, under the row's lock. */
export const permissions: PermissionMap = {
  Mutation: {
    repeatEvent: authenticated,
    publishSeries: authenticated,
    updateSeries: authenticated,
    cancelSeries: authenticated,
  },
  Event: { series: anyone, occurrenceOn: anyone, differsFromSeries: anyone },
  ...carriers('EventSeries', 'RepeatEventPayload', 'PublishSeriesPayload'),
  ...carriers('UpdateSeriesPayload', 'CancelSeriesPayload'),
};
