import { authenticated, carriers, type PermissionMap } from '@diaspora/kit';

/** The fields of a message are ruled as a whole, with the message. */
export const permissions: PermissionMap = {
  Mutation: { forwardMessage: authenticated },
  ...carriers('SharedLocation', 'ForwardMessagePayload'),
};
