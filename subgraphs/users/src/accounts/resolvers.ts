import { mutation } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';

export const resolvers: Resolvers = {
  Mutation: {
    register: mutation(async (input, { services }) => {
      await services.accounts.register(input);
      return { isAccepted: true };
    }),
    verifyEmail: mutation(async (input, { services }) => {
      await services.accounts.verifyEmail(input);
      return { isVerified: true };
    }),
    resendVerification: mutation(async (input, { services }) => {
      await services.accounts.resendVerification(input);
      return { isAccepted: true };
    }),
  },
};
