import { mutation } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';

export const resolvers: Resolvers = {
  Mutation: {
    login: mutation((input, { services }) => services.sessions.login(input)),
    refreshSession: mutation(async (input, { services }) => ({
      tokens: await services.sessions.refresh(input),
    })),
    logout: async (_parent, _args, { viewer, services }) => {
      await services.sessions.logout(viewer!);
      return { isSignedOut: true, userErrors: [] };
    },
  },
};
