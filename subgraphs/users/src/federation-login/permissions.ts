import { anyone, carriers, inPerson, type PermissionMap } from '@diaspora/kit';

export const permissions: PermissionMap = {
  Query: { identityProviders: anyone },
  Mutation: {
    beginFederatedSignIn: anyone,
    completeFederatedSignIn: anyone,
    registerWithIdentity: anyone,
    beginIdentityLink: inPerson,
    linkIdentity: inPerson,
    unlinkIdentity: inPerson,
  },
  User: { linkedIdentities: inPerson },
  ...carriers('IdentityProvider', 'LinkedIdentity', 'FederatedArrival'),
  ...carriers('BeginFederatedSignInPayload', 'BeginIdentityLinkPayload', 'CompleteFederatedSignInPayload'),
  ...carriers('RegisterWithIdentityPayload', 'LinkIdentityPayload', 'UnlinkIdentityPayload'),
};
