import { mutation } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import { identityIds } from '../ids.js';
import { answerSignIn } from '../sessions/index.js';

const nobody = { tokens: null, user: null, challenge: null };

export const resolvers: Resolvers = {
  Query: {
    identityProviders: (_parent, _args, { services }) => [...services.federation.providers],
  },
  User: {
    linkedIdentities: ({ accountId }, _args, { viewer, services }) =>
      viewer?.id === accountId ? services.federation.list(accountId) : null,
  },
  LinkedIdentity: {
    id: ({ id }) => identityIds.encode(id),
    provider: ({ provider: key }, _args, { services }) => ({ key, name: services.federation.nameOf(key) }),
  },
  FederatedArrival: {
    displayName: ({ claims }) => claims.name,
    email: ({ claims }) => claims.email,
    isEmailProved: ({ claims }) => claims.isEmailProved,
    language: ({ claims }) => claims.language,
  },
  Mutation: {
    beginFederatedSignIn: mutation((input, { services, origin }) => services.federation.begin(input, origin)),
    completeFederatedSignIn: mutation(async (input, { services, origin }) => {
      const outcome = await services.federation.complete(input, origin);
      return 'arrival' in outcome ? { ...nobody, ...outcome } : { ...answerSignIn(outcome), arrival: null };
    }),
    registerWithIdentity: mutation((input, { services, origin }) =>
      services.federation.register(input, origin),
    ),
    beginIdentityLink: mutation((input, { viewer, services, origin }) =>
      services.federation.beginLink(input, viewer!, origin),
    ),
    linkIdentity: mutation(async (input, { viewer, services, origin }) => ({
      identity: await services.federation.completeLink(input, viewer!.id, origin),
    })),
    unlinkIdentity: mutation(async ({ identityId, password }, { viewer, services, origin }) => {
      const input = { identityId: identityIds.decode(identityId), password };
      await services.federation.unlink(viewer!, input, origin);
      return { isUnlinked: true };
    }),
  },
};
