import { authenticated, carriers, type PermissionMap } from '@diaspora/kit';

/** Whose event it is, is decided by the service, under the event's lock. */
export const permissions: PermissionMap = {
  Mutation: { approveRegistration: authenticated, declineRegistration: authenticated },
  ...carriers('ApproveRegistrationPayload', 'DeclineRegistrationPayload'),
};
