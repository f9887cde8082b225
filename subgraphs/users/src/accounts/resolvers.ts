import { mutation } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';

export const resolvers: Resolvers = {
  Mutation: {
    register: mutation(async (input, { services, origin }) => {
      await services.accounts.register(input, origin);
      return { isAccepted: true };
    }),
    verifyEmail: mutation(async (input, { services, origin }) => {
      await services.accounts.verifyEmail(input, origin);
      return { isVerified: true };
    }),
    resendVerification: mutation(async (input, { services, origin }) => {
      await services.accounts.resendVerification(input, origin);
      return { isAccepted: true };
    }),
  },
};
