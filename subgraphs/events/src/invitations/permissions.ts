import { anyone, authenticated, carriers, permission, type PermissionMap } from '@diaspora/kit';
import { maySteer } from '../catalog/index.js';
import type { Context } from '../context.js';
import type { EventInvitationModel, EventModel } from '../models.js';

const host = permission<EventModel>(
  'hostOfInvitations',
  ({ parent, context: { viewer } }) => viewer?.kind === 'person' && maySteer(viewer, parent),
);

/** The address is for those who wrote it. */
const hostOfInvitation = permission<EventInvitationModel, unknown, Context>(
  'hostOfInvitation',
  async ({ parent, context: { viewer, loaders } }) => {
    const event = await loaders.event.load(parent.eventId);
    return viewer?.kind === 'person' && event !== null && maySteer(viewer, event);
  },
);

const open = ['id', 'event', 'user', 'invitedBy', 'status', 'createdAt', 'expiresAt'];

/** An invitation is reached by its event's hosts and by whom it names. */
export const permissions: PermissionMap = {
  Query: { eventInvitations: authenticated },
  Mutation: {
    inviteToEvent: authenticated,
    revokeEventInvitation: authenticated,
    declineEventInvitation: authenticated,
    redeemEventInvitation: authenticated,
  },
  Event: { invitations: host, viewerInvitation: anyone },
  EventInvitation: {
    ...Object.fromEntries(open.map((field) => [field, anyone])),
    email: hostOfInvitation,
  },
  ...carriers('EventInvitationConnection', 'EventInvitationEdge', 'EventInvitationPayload'),
};
