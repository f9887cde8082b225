import { authenticated, carriers, type PermissionMap } from '@diaspora/kit';

/** A request is there for whoever is asked: for everybody else there is no such conversation. */
export const permissions: PermissionMap = {
  Mutation: { acceptContactRequest: authenticated, declineContactRequest: authenticated },
  ...carriers('AcceptContactRequestPayload', 'DeclineContactRequestPayload'),
};
