import { authenticated, carriers, type PermissionMap } from '@diaspora/kit';

/** By what right a message is deleted, the service decides under its lock. */
export const permissions: PermissionMap = {
  Mutation: { deleteMessage: authenticated },
  ...carriers('MessageDeleted', 'DeleteMessagePayload'),
};
