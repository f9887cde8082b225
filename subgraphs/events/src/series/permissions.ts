import { anyone, authenticated, carriers, permission, type PermissionMap } from '@diaspora/kit';
import { isOwnedBy } from '../catalog/index.js';
import type { EventSeriesModel } from '../models.js';

const owner = permission<EventSeriesModel>('ownerOfSeries', ({ parent, context: { viewer } }) =>
  isOwnedBy(viewer, parent),
);

const open = [
  'id',
  'rule',
  'timeZone',
  'startsOn',
  'endsOn',
  'isPublished',
  'version',
  'organizer',
  'events',
];

/** Which series a viewer sees is decided by loaders.ts, whose it is by the service, under the row's lock. */
export const permissions: PermissionMap = {
  Mutation: {
    repeatEvent: authenticated,
    publishSeries: authenticated,
    updateSeries: authenticated,
    cancelSeries: authenticated,
  },
  Event: { series: anyone, occurrenceOn: anyone, differsFromSeries: anyone },
  EventSeries: { ...Object.fromEntries(open.map((field) => [field, anyone])), pause: owner },
  ...carriers('SeriesPause', 'RepeatEventPayload', 'PublishSeriesPayload'),
  ...carriers('UpdateSeriesPayload', 'CancelSeriesPayload'),
};
