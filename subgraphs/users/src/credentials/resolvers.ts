import { mutation } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';

export const resolvers: Resolvers = {
  Query: {
    credentials: (_parent, _args, { viewer, services }) => services.credentials.find(viewer!),
  },
  Credentials: {
    hasPassword: ({ passwordHash }) => passwordHash !== null,
  },
  Mutation: {
    changePassword: mutation(async (input, { viewer, services, origin }) => {
      await services.credentials.changePassword(viewer!, input, origin);
      return { isChanged: true };
    }),
    requestPasswordReset: mutation(async (input, { services, origin }) => {
      await services.credentials.requestPasswordReset(input, origin);
      return { isAccepted: true };
    }),
    resetPassword: mutation(async (input, { services, origin }) => {
      await services.credentials.resetPassword(input, origin);
      return { isReset: true };
    }),
    changeEmail: mutation(async (input, { viewer, services, origin }) => {
      await services.credentials.changeEmail(viewer!, input, origin);
      return { isAccepted: true };
    }),
    confirmEmailChange: mutation(async (input, { viewer, services, origin }) => {
      await services.credentials.confirmEmailChange(viewer!, input, origin);
      return { isChanged: true };
    }),
    undoEmailChange: mutation(async (input, { services, origin }) => {
      await services.credentials.undoEmailChange(input, origin);
      return { isUndone: true };
    }),
    addPhone: mutation(async (input, { viewer, services, origin }) => {
      await services.credentials.addPhone(viewer!, input, origin);
      return { isTexted: true };
    }),
    verifyPhone: mutation(async (input, { viewer, services, origin }) => ({
      phoneNumber: await services.credentials.verifyPhone(viewer!, input, origin),
    })),
    removePhone: mutation(async (input, { viewer, services, origin }) => {
      await services.credentials.removePhone(viewer!, input, origin);
      return { isRemoved: true };
    }),
  },
};
