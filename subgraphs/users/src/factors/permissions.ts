import { carriers, inPerson, type PermissionMap } from '@diaspora/kit';

export const permissions: PermissionMap = {
  Mutation: {
    enrolTotp: inPerson,
    confirmTotp: inPerson,
    disableTotp: inPerson,
    regenerateRecoveryCodes: inPerson,
    forgetTrustedDevice: inPerson,
  },
  Credentials: { secondFactorAt: inPerson, recoveryCodesLeft: inPerson, trustedDevices: inPerson },
  ...carriers('TrustedDevice', 'EnrolTotpPayload', 'ConfirmTotpPayload', 'DisableTotpPayload'),
  ...carriers('RegenerateRecoveryCodesPayload', 'ForgetTrustedDevicePayload'),
};
