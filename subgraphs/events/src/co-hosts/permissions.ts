import { anyone, authenticated, carriers, permission, type PermissionMap } from '@diaspora/kit';
import { maySteer } from '../catalog/index.js';
import { userIds } from '../ids.js';
import type { EventModel, UserModel } from '../models.js';

const host = permission<EventModel>('host', ({ parent, context }) => maySteer(context.viewer, parent));
const invited = permission<UserModel>(
  'invited',
  ({ parent, context }) => context.viewer !== null && userIds.encode(context.viewer.id) === parent.id,
);

/** Whose event it is, is decided by the service, under the row's lock. */
export const permissions: PermissionMap = {
  Mutation: {
    inviteCoHost: authenticated,
    acceptCoHostInvitation: authenticated,
    removeCoHost: authenticated,
  },
  Event: { coHosts: anyone, coHostInvitations: host },
  User: { coHostedEvents: anyone, coHostInvitations: invited },
  ...carriers('CoHostInvitation', 'InviteCoHostPayload', 'AcceptCoHostInvitationPayload'),
  ...carriers('RemoveCoHostPayload'),
};
