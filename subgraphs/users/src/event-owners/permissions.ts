import { anyone, carriers, hasRole, type PermissionMap } from '@diaspora/kit';

const superUser = hasRole('SUPER_USER');

/** Coarse gates; whether whoever asks is a super user still is asked of the database. `isEventOwner` is null for others. */
export const permissions: PermissionMap = {
  Mutation: { grantEventOwner: superUser, revokeEventOwner: superUser },
  User: { isEventOwner: anyone },
  ...carriers('EventOwnerPayload'),
};
