import { authenticated, carriers, type PermissionMap } from '@diaspora/kit';

/** Only its sender changes a message: the service finds no other. */
export const permissions: PermissionMap = {
  Mutation: { editMessage: authenticated },
  ...carriers('MessageEdit', 'MessageEdited', 'EditMessagePayload'),
};
