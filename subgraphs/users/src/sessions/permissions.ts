import { anyone, carriers, inPerson, type PermissionMap } from '@diaspora/kit';

/** Sessions are reached through the viewer's own list only. */
export const permissions: PermissionMap = {
  Query: { sessions: inPerson },
  Mutation: {
    login: anyone,
    completeSignIn: anyone,
    requestEmailCode: anyone,
    loginWithEmailCode: anyone,
    refreshSession: anyone,
    logout: inPerson,
    revokeSession: inPerson,
    logoutEverywhere: inPerson,
  },
  ...carriers('SessionTokens', 'Session', 'SessionConnection', 'SessionEdge'),
  ...carriers('LoginPayload', 'RefreshSessionPayload', 'LogoutPayload'),
  ...carriers('SignInChallenge', 'CompleteSignInPayload'),
  ...carriers('RequestEmailCodePayload', 'LoginWithEmailCodePayload'),
  ...carriers('RevokeSessionPayload', 'LogoutEverywherePayload'),
};
