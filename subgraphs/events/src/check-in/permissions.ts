import { authenticated, carriers, permission, type PermissionMap } from '@diaspora/kit';
import { maySteer } from '../catalog/index.js';
import type { Context } from '../context.js';
import type { EventModel, RegistrationModel } from '../models.js';

const mayReadDoor = async ({ viewer, loaders }: Context, event: EventModel): Promise<boolean> =>
  viewer?.kind === 'person' &&
  (maySteer(viewer, event) || (await loaders.stewardship.load(event.id)) !== null);

const steward = permission<EventModel, unknown, Context>('steward', ({ parent, context }) =>
  mayReadDoor(context, parent),
);

const host = permission<EventModel, unknown, Context>(
  'hostOfEvent',
  ({ parent, context: { viewer } }) => viewer?.kind === 'person' && maySteer(viewer, parent),
);

const personOrSteward = permission<RegistrationModel, unknown, Context>(
  'personOrSteward',
  async ({ parent, context }) => {
    if (context.viewer?.id === parent.userId) return true;
    const event = await context.loaders.event.load(parent.eventId);
    return event !== null && mayReadDoor(context, event);
  },
);

/** Who scans what is decided by the service, under the event's lock. */
export const permissions: PermissionMap = {
  Mutation: {
    addSteward: authenticated,
    removeSteward: authenticated,
    checkIn: authenticated,
    uploadScans: authenticated,
  },
  Event: { stewards: host, doorList: steward, checkInStats: steward, scans: steward },
  Registration: { presence: personOrSteward },
  ...carriers('AddStewardPayload', 'RemoveStewardPayload', 'CheckInPayload', 'UploadScansPayload'),
  ...carriers('DoorListConnection', 'DoorListEdge', 'DoorListEntry', 'Presence', 'CheckInStats'),
  ...carriers('ScanRefusalCount', 'Scan', 'ScanConnection', 'ScanEdge'),
};
