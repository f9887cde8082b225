import { anyone, carriers, type PermissionMap } from '@diaspora/kit';

export const permissions: PermissionMap = {
  Mutation: { register: anyone, verifyEmail: anyone, resendVerification: anyone },
  ...carriers('RegisterPayload', 'VerifyEmailPayload', 'ResendVerificationPayload'),
};
