import { anyone, carriers, inPerson, type PermissionMap } from '@diaspora/kit';

export const permissions: PermissionMap = {
  Query: { credentials: inPerson },
  Mutation: {
    changePassword: inPerson,
    requestPasswordReset: anyone,
    resetPassword: anyone,
    changeEmail: inPerson,
    confirmEmailChange: inPerson,
    undoEmailChange: anyone,
    addPhone: inPerson,
    verifyPhone: inPerson,
    removePhone: inPerson,
  },
  Credentials: { email: inPerson, hasPassword: inPerson, phoneNumber: inPerson },
  ...carriers('ChangePasswordPayload', 'RequestPasswordResetPayload', 'ResetPasswordPayload'),
  ...carriers('ChangeEmailPayload', 'ConfirmEmailChangePayload', 'UndoEmailChangePayload'),
  ...carriers('AddPhonePayload', 'VerifyPhonePayload', 'RemovePhonePayload'),
};
