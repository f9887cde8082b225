import { anyone, carriers, hasRole, type PermissionMap } from '@diaspora/kit';

const superUser = hasRole('SUPER_USER');

/** Coarse gates; whether whoever asks is a super user still is asked of the database. Ambassadors suspend nobody. */
export const permissions: PermissionMap = {
  Mutation: { suspendUser: superUser, liftSuspension: superUser, terminateAccount: superUser },
  User: { isSuspended: anyone },
  ...carriers('Suspension', 'SuspendUserPayload', 'LiftSuspensionPayload', 'TerminateAccountPayload'),
  ...carriers('AccountSuspendedError'),
};
