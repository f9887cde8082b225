import { anyone, authenticated, carriers, permission, type PermissionMap } from '@diaspora/kit';
import { maySteer } from '../catalog/index.js';
import type { EventModel } from '../models.js';

const host = permission<EventModel>(
  'hostOfWaitlist',
  ({ parent, context: { viewer } }) => viewer?.kind === 'person' && maySteer(viewer, parent),
);

/** Entries are reached by the viewer's own key, or by the event's hosts. */
export const permissions: PermissionMap = {
  Mutation: { joinWaitlist: authenticated, leaveWaitlist: authenticated },
  Event: { viewerWaitlistEntry: anyone, waitingCount: anyone, waitlist: host },
  ...carriers('WaitlistEntry', 'WaitlistConnection', 'WaitlistEdge'),
  ...carriers('JoinWaitlistPayload', 'LeaveWaitlistPayload'),
};
